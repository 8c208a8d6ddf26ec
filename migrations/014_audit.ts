import type { Kysely } from "kysely";

/** Who did what with a job; rows are added and go with their job, and are never changed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("job_audit")
    .addColumn("job_id", "text", (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("user_id", "text", (c) => c.notNull())
    .addColumn("action", "text", (c) => c.notNull())
    .addColumn("via", "text", (c) => c.notNull())
    .addColumn("file_name", "text")
    .addColumn("new_job_id", "text")
    .addColumn("at", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("job_audit_key", ["job_id", "key"])
    .execute();
  await db.schema
    .createIndex("job_audit_by_time")
    .on("job_audit")
    .columns(["job_id", "at"])
    .execute();
}

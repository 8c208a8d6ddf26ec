import { type Kysely, sql } from "kysely";

/** What is needed to let things go after their time: which are still used, and what stays known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("files").addColumn("removed_at", "bigint").execute();
  await sql`create index files_expiring on files (expires_at) where removed_at is null`.execute(db);

  // The upload may go before its jobs do, so its id is nobody's reference.
  await db.schema
    .createTable("job_uploads")
    .addColumn("job_id", "text", (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("upload_id", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("job_uploads_key", ["job_id", "upload_id"])
    .execute();
  await sql`create index jobs_of_upload on job_uploads (upload_id)`.execute(db);
  // Jobs that may still read theirs; their inputs name it.
  await sql`insert into job_uploads (job_id, upload_id)
    select jobs.id, uploads.id from jobs join uploads on uploads.account_id = jobs.account_id
      and jobs.input like '%"' || uploads.id || '"%'
    where jobs.finished_at is null`.execute(db);

  await db.schema
    .createTable("removed_jobs")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("account_id", "text", (c) => c.notNull())
    .addColumn("user_id", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("outcome", "text")
    .addColumn("finished_at", "bigint", (c) => c.notNull())
    .execute();
}

import type { Kysely } from "kysely";

/** What the faces of jobs need: what each person prefers, and since when a job waits to go on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("preferences")
    .addColumn("user_id", "text", (c) => c.primaryKey().references("users.id").onDelete("cascade"))
    .addColumn("sound", "integer", (c) => c.notNull())
    .addColumn("open_result", "integer", (c) => c.notNull())
    .addColumn("time_zone", "text")
    .execute();
  await db.schema.alterTable("jobs").addColumn("released_at", "bigint").execute();
}

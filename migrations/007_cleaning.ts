import { type Kysely, sql } from "kysely";

/** `untidy` is no longer 0 or 1, but until when somebody is cleaning up. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("jobs_untidy").execute();
  await sql`create index jobs_untidy on jobs (finished_at)
    where untidy > 0 and finished_at is not null`.execute(db);
}

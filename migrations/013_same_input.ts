import { type Kysely, sql } from "kysely";

/**
 * What tells that a job is started with the input of one that is still active: the print of its
 * input, in which an uploaded file stands for its bytes. No column of the index changes while a job
 * makes progress.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("uploads").addColumn("sha256", "text").execute();
  await db.schema.alterTable("jobs").addColumn("print", "text").execute();
  await sql`create index jobs_active_of_print on jobs (account_id, print)
    where finished_at is null and print is not null`.execute(db);
}

import { type Kysely, sql } from "kysely";
import type { ColumnTypes } from "../server/backend/backend.ts";

/**
 * What jobs are found by: a row for each word of what they were started with. An index leads from
 * the beginning of a word to the latest jobs that have it, of a person or of an account.
 */
export async function up(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable("job_words")
    .addColumn("job_id", "text", (c) => c.notNull().references("jobs.id").onDelete("cascade"))
    .addColumn("word", types.key, (c) => c.notNull())
    .addColumn("account_id", "text", (c) => c.notNull())
    .addColumn("user_id", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("job_words_key", ["job_id", "word"])
    .execute();
  await sql`create index job_words_of_account on job_words (account_id, word, job_id desc)`.execute(
    db,
  );
  await sql`create index job_words_of_user on job_words (user_id, word, job_id desc)`.execute(db);

  // Which of the inputs of those that are there already are secret, only their kinds know: a chore
  // finds their words, and strikes them off here.
  await db.schema
    .createTable("unworded_jobs")
    .addColumn("job_id", "text", (c) => c.primaryKey().references("jobs.id").onDelete("cascade"))
    .execute();
  await sql`insert into unworded_jobs (job_id) select id from jobs`.execute(db);
}

import { type Kysely, sql } from "kysely";

/** Requests that count against a limit, such as attempts to sign in, for all web processes together. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // The key is a hash, so that its length is bounded whatever a client sends.
  await sql`create table rate_limits (
    key text primary key,
    hits integer not null,
    resets_at bigint not null
  )`.execute(db);
  await sql`create index rate_limits_by_reset on rate_limits (resets_at)`.execute(db);

  // A retry by anybody finds the one that another person started.
  await sql`create index jobs_by_retried_job on jobs (retry_of)
    where retry_of is not null`.execute(db);
}

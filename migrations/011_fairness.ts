import { type Kysely, sql } from "kysely";

/** Fairness between accounts: jobs that give back their slot, starts, and stored bytes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table jobs add column room_requested_at bigint`.execute(db);
  await sql`alter table jobs add column sleep text`.execute(db);
  await sql`alter table workers add column concurrency integer`.execute(db);
  await sql`create index jobs_sleeping on jobs (run_at)
    where status = 'queued' and reason = 'sleeping'`.execute(db);
  // The condition is always true. It keeps planners from taking this index for claims, which would then
  // read all jobs of an account: only a query that states it can use the index.
  await sql`create index jobs_by_account_and_time on jobs (account_id, created_at)
    where timeout_ms > 0`.execute(db);

  await sql`alter table files add column account_id text`.execute(db);
  await sql`update files set account_id = (
    select account_id from jobs where jobs.id = files.job_id)`.execute(db);
  await sql`create index files_by_account on files (account_id, size)
    where deleted_at is null`.execute(db);
  await sql`create index uploads_by_account on uploads (account_id, size)`.execute(db);
  await sql`create index partial_uploads_by_account
    on partial_uploads (account_id, size)`.execute(db);
}

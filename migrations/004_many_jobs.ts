import { type Kysely, sql } from "kysely";

/**
 * What keeps lists quick with a million jobs in the table: each range that `server/engine/list/list-ranges.ts`
 * reads stands in one index in its order. No column in them, or in their conditions, changes while
 * a job makes progress, so that Postgres writes progress without touching any index.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const index of ["jobs_active", "jobs_finished", "jobs_finished_of_user"]) {
    await db.schema.dropIndex(index).execute();
  }
  await sql`create index jobs_active on jobs (account_id, status, id, kind)
    where finished_at is null`.execute(db);
  await sql`create index jobs_active_of_user on jobs (account_id, user_id, status, id, kind)
    where finished_at is null`.execute(db);
  const ended = sql`finished_at is not null and hidden_at is null`;
  await sql`create index jobs_ended on jobs (account_id, status, finished_at, id)
    where ${ended}`.execute(db);
  await sql`create index jobs_ended_of_kind on jobs (account_id, kind, status, finished_at, id)
    where ${ended}`.execute(db);
  await sql`create index jobs_ended_of_user on jobs (account_id, user_id, status, finished_at, id)
    where ${ended}`.execute(db);
  await sql`create index jobs_ended_of_user_and_kind
    on jobs (account_id, user_id, kind, status, finished_at, id) where ${ended}`.execute(db);
}

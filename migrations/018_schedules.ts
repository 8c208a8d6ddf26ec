import { type Kysely, sql } from "kysely";

/** Schedules, which start a job at each of their times, and their history. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table schedules (
    id text primary key,
    account_id text not null references accounts (id),
    user_id text not null,
    idempotency_key text,
    kind text not null,
    input text not null,
    subject text,

    -- As the person typed it, and as five fields of cron
    repeats text not null,
    cron text not null,
    time_zone text not null,

    -- Null while it is paused, and if it has no time left
    next_at bigint,
    last_planned_at bigint,
    paused_at bigint,

    -- Failures in a row
    failures integer not null default 0,
    version integer not null default 1,
    event_seq integer not null default 0,
    created_at bigint not null,
    updated_at bigint not null
  )`.execute(db);
  await sql`create unique index schedules_by_idempotency_key on schedules (user_id, idempotency_key)
    where idempotency_key is not null`.execute(db);
  await sql`create index schedules_due on schedules (next_at)
    where next_at is not null`.execute(db);
  await sql`create index schedules_by_account on schedules (account_id, id)`.execute(db);

  await sql`create table schedule_events (
    schedule_id text not null references schedules (id) on delete cascade,
    seq integer not null,
    type text not null,
    details text,
    created_at bigint not null,
    primary key (schedule_id, seq)
  )`.execute(db);
  await sql`create index schedule_events_by_time on schedule_events (created_at)`.execute(db);

  await sql`create table schedule_uploads (
    schedule_id text not null references schedules (id) on delete cascade,
    upload_id text not null,
    primary key (schedule_id, upload_id)
  )`.execute(db);
  await sql`create index schedule_uploads_by_upload on schedule_uploads (upload_id)`.execute(db);

  // No foreign key: the runs of a deleted schedule stay.
  await sql`alter table jobs add column schedule_id text`.execute(db);
  await sql`alter table jobs add column planned_at bigint`.execute(db);
  await sql`create unique index jobs_by_planned_time on jobs (schedule_id, planned_at)
    where planned_at is not null`.execute(db);
  await sql`create index jobs_by_schedule on jobs (schedule_id, id)
    where schedule_id is not null`.execute(db);
  await sql`create index jobs_active_by_schedule on jobs (schedule_id)
    where schedule_id is not null and finished_at is null`.execute(db);
}

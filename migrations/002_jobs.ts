import { type Kysely, sql } from "kysely";
import type { SchemaDialect } from "../server/backend/backend.ts";

/** Jobs and their history: steps, events, log lines, rejected rows and audit entries. */
export async function up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void> {
  const { bytewiseText, frequentUpdates } = dialect;

  // No check on the status: the transition table of the engine decides, and SQLite would have to
  // rebuild the table for a new one.
  await sql`create table jobs (
    id text primary key,
    kind text not null,
    account_id text not null references accounts (id),
    user_id text not null,
    idempotency_key text,
    retry_of text,
    priority integer not null default 0,
    status text not null,
    reason text,

    -- What it was started with
    input text not null,
    input_fingerprint text,
    input_bytes bigint,
    subject text,

    -- What it came to
    outcome text,
    result_page text,
    error text,
    advice text,

    run_at bigint not null,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    hidden_at bigint,

    -- Numbers that only grow
    fence bigint not null default 0,
    version integer not null default 1,
    event_seq bigint not null default 0,
    log_seq bigint not null default 0,

    -- Its runs
    retries bigint not null default 0,
    max_retries integer not null,
    rescues bigint not null default 0,
    worker_id text,
    claimed_at bigint,
    released_at bigint,
    deadline_at bigint,
    timeout_ms bigint not null,
    running_ms bigint not null default 0,
    cancel_requested_at bigint,
    pause_requested_at bigint,
    checkpoint text,
    cleanup_due_at bigint,

    -- Items so far
    succeeded bigint not null default 0,
    rejected bigint not null default 0,
    skipped bigint not null default 0,

    -- Progress
    current_step integer,
    step_done bigint not null default 0,
    step_total bigint,
    progress double precision,
    message text,
    last_progress_at bigint,
    eta_earliest bigint,
    eta_latest bigint,
    waiting_until bigint,
    waiting_for text
  ) ${frequentUpdates}`.execute(db);

  // No column of an index, nor of its condition, may change while a job makes progress: then
  // Postgres writes progress without touching any index.
  await sql`create unique index jobs_by_idempotency_key on jobs (user_id, idempotency_key)
    where idempotency_key is not null`.execute(db);

  // Queued jobs stand in this index alone. A planner whose statistics were taken while nothing was
  // queued takes any other index for as good, and each claim then reads the whole queue.
  await sql`create index jobs_in_claim_order on jobs (account_id, priority, run_at, id)
    where status = 'queued'`.execute(db);
  await sql`create index jobs_running_by_worker on jobs (worker_id)
    where status = 'running'`.execute(db);
  await sql`create index jobs_awaiting_cleanup on jobs (finished_at)
    where cleanup_due_at is not null and finished_at is not null`.execute(db);
  await sql`create index jobs_active_by_input on jobs (account_id, input_fingerprint)
    where finished_at is null and input_fingerprint is not null`.execute(db);

  // Each range that server/engine/list/list-ranges.ts reads stands in one index, in its order.
  await sql`create index jobs_active_by_account on jobs (account_id, status, id, kind)
    where finished_at is null`.execute(db);
  await sql`create index jobs_active_by_user on jobs (account_id, user_id, status, id, kind)
    where finished_at is null`.execute(db);
  await sql`create index jobs_listed_by_account on jobs (account_id, status, finished_at, id)
    where finished_at is not null and hidden_at is null`.execute(db);
  await sql`create index jobs_listed_by_kind on jobs (account_id, kind, status, finished_at, id)
    where finished_at is not null and hidden_at is null`.execute(db);
  await sql`create index jobs_listed_by_user on jobs (account_id, user_id, status, finished_at, id)
    where finished_at is not null and hidden_at is null`.execute(db);
  await sql`create index jobs_listed_by_user_and_kind
    on jobs (account_id, user_id, kind, status, finished_at, id)
    where finished_at is not null and hidden_at is null`.execute(db);

  await sql`create table job_steps (
    job_id text not null references jobs (id) on delete cascade,
    position integer not null,
    name text not null,
    weight double precision not null,
    status text not null,
    result text,
    started_at bigint,
    finished_at bigint,
    running_ms bigint,
    total bigint,
    primary key (job_id, position)
  )`.execute(db);

  await sql`create table job_events (
    job_id text not null references jobs (id) on delete cascade,
    seq integer not null,
    type text not null,
    details text,
    created_at bigint not null,
    primary key (job_id, seq)
  )`.execute(db);

  await sql`create table job_logs (
    job_id text not null references jobs (id) on delete cascade,
    seq integer not null,
    level text not null,
    message text not null,
    created_at bigint not null,
    primary key (job_id, seq)
  )`.execute(db);
  await sql`create index job_logs_by_level on job_logs (job_id, level, seq)
    where level <> 'info'`.execute(db);

  await sql`create table job_rejections (
    job_id text not null references jobs (id) on delete cascade,
    reason text not null,
    count bigint not null,
    first_rows text not null,
    primary key (job_id, reason)
  )`.execute(db);

  await sql`create table job_audit_entries (
    job_id text not null references jobs (id) on delete cascade,
    dedup_key text not null,
    user_id text not null,
    action text not null,
    via text not null,
    file_name text,
    new_job_id text,
    created_at bigint not null,
    primary key (job_id, dedup_key)
  )`.execute(db);
  await sql`create index job_audit_entries_by_time
    on job_audit_entries (job_id, created_at)`.execute(db);

  await sql`create table job_search_terms (
    job_id text not null references jobs (id) on delete cascade,
    term ${bytewiseText} not null,
    account_id text not null,
    user_id text not null,
    primary key (job_id, term)
  )`.execute(db);
  // From the beginning of a term to the latest jobs that have it.
  await sql`create index job_search_terms_by_account
    on job_search_terms (account_id, term, job_id desc)`.execute(db);
  await sql`create index job_search_terms_by_user
    on job_search_terms (user_id, term, job_id desc)`.execute(db);

  await sql`create table expired_jobs (
    id text primary key,
    account_id text not null,
    user_id text not null,
    kind text not null,
    status text not null,
    reason text,
    outcome text,
    error text,
    timeout_ms bigint not null,
    rescues bigint not null,
    finished_at bigint not null
  )`.execute(db);
}

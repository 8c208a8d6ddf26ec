/** Creates rows of `jobs` in any state. */
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../../server/backend/backend.ts";
import type { JobRow } from "../../server/backend/schema.ts";

/** A queued job that has never run. @param changes other values of columns */
export function jobRow(different: Partial<JobRow> = {}): JobRow {
  return {
    id: uuidv7(),
    kind: "noop",
    account_id: "account-1",
    user_id: "person-1",
    idempotency_key: null,
    retry_of: null,
    priority: 0,
    status: "queued",
    reason: null,
    input: "{}",
    input_fingerprint: null,
    subject: null,
    input_bytes: null,
    outcome: null,
    result_page: null,
    error: null,
    advice: null,
    run_at: 0,
    created_at: 0,
    started_at: null,
    finished_at: null,
    hidden_at: null,
    fence: 0,
    version: 1,
    event_seq: 0,
    log_seq: 0,
    retries: 0,
    max_retries: 3,
    rescues: 0,
    worker_id: null,
    timeout_ms: 3_600_000,
    running_ms: 0,
    claimed_at: null,
    released_at: null,
    deadline_at: null,
    cancel_requested_at: null,
    pause_requested_at: null,
    room_requested_at: null,
    sleep: null,
    checkpoint: null,
    succeeded: 0,
    rejected: 0,
    skipped: 0,
    cleanup_due_at: null,
    current_step: null,
    step_done: 0,
    step_total: null,
    progress: null,
    message: null,
    last_progress_at: null,
    eta_earliest: null,
    eta_latest: null,
    waiting_until: null,
    waiting_for: null,
    follow_ups: null,
    output_length: 0,
    schedule_id: null,
    planned_at: null,
    ...different,
  };
}

/** The columns of a job that a worker runs. @param changes other values of columns */
export function runningJob(different: Partial<JobRow> = {}): Partial<JobRow> {
  const at = different.claimed_at ?? 1_000;
  return {
    status: "running",
    worker_id: "worker-1",
    fence: 1,
    claimed_at: at,
    started_at: at,
    last_progress_at: at,
    ...different,
  };
}

export async function insertJob(
  backend: Backend,
  different: Partial<JobRow> = {},
): Promise<JobRow> {
  const row = jobRow(different);
  await backend.db.insertInto("jobs").values(row).execute();
  return row;
}

export function readJob(backend: Backend, id: string): Promise<JobRow> {
  return backend.db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

/** The types of a job's events, in order. */
export async function eventTypes(backend: Backend, id: string): Promise<string[]> {
  const events = backend.db.selectFrom("job_events").select("type").where("job_id", "=", id);
  return (await events.orderBy("seq").execute()).map(({ type }) => type);
}

/**
 * The tables, as Kysely sees them. Times are whole milliseconds since 1970 (UTC), JSON is text,
 * ids are UUIDv7 text; `migrations/` makes the same tables on SQLite and Postgres.
 */
import type { Generated, Selectable } from "kysely";
import type { Status } from "../engine/status.ts";

export interface Schema {
  accounts: AccountsTable;
  members: MembersTable;
  preferences: PreferencesTable;
  api_tokens: ApiTokensTable;
  jobs: JobsTable;
  job_steps: JobStepsTable;
  job_events: JobEventsTable;
  job_logs: JobLogsTable;
  job_rejections: JobRejectionsTable;
  files: FilesTable;
  uploads: UploadsTable;
  job_uploads: JobUploadsTable;
  job_audit_entries: JobAuditEntriesTable;
  job_search_terms: JobSearchTermsTable;
  expired_jobs: ExpiredJobsTable;
  workers: WorkersTable;
  contacts: ContactsTable;
  secrets: SecretsTable;
}

export interface AccountsTable {
  id: string;
  name: string;
  /** Jobs running now; claims and ends keep it, the sweep mends it. */
  running_jobs: Generated<number>;
  max_running_jobs: Generated<number>;
  last_claimed_at: Generated<number>;
  /** Kept with every merge, for a count over a million rows takes too long for a page. */
  contact_count: Generated<number>;
  created_at: number;
}

export interface MembersTable {
  user_id: string;
  account_id: string;
  role: "owner" | "member";
}

export interface PreferencesTable {
  user_id: string;
  /** 1 for yes, as `open_result`. */
  sound: number;
  open_result: number;
  time_zone: string | null;
}

export interface ApiTokensTable {
  id: string;
  user_id: string;
  name: string;
  /** SHA-256 of the token, hex. */
  token_hash: string;
  created_at: number;
  last_used_at: number | null;
}

export interface JobsTable {
  id: string;
  kind: string;
  account_id: string;
  user_id: string;
  idempotency_key: string | null;
  /** The job that this one repeats. */
  retry_of: string | null;
  priority: Generated<number>;
  status: Status;
  /**
   * Why it is in that status: retry, rescued, interrupted, resumed, timeout, worker_lost, error,
   * refused.
   */
  reason: string | null;
  input: string;
  /** SHA-256 of kind and input, hex; null for jobs from before it was kept. */
  input_fingerprint: string | null;
  /** What it is about, for telling it from others of its kind: the name of the uploaded file. */
  subject: string | null;
  /** Bytes of the uploads that it reads, if it reads any. */
  input_bytes: number | null;
  outcome: string | null;
  result_page: string | null;
  error: string | null;
  advice: string | null;
  run_at: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  hidden_at: number | null;
  /** Raised by one at every claim; every write of a run must match it. */
  fence: Generated<number>;
  /** Grows with every visible change. */
  version: Generated<number>;
  event_seq: Generated<number>;
  log_seq: Generated<number>;
  retries: Generated<number>;
  max_retries: number;
  /** Runs in a row that lost their worker without reaching a new checkpoint. */
  rescues: Generated<number>;
  worker_id: string | null;
  /** Running time allowed and used so far; both ms, pauses not counted. */
  timeout_ms: number;
  running_ms: Generated<number>;
  claimed_at: number | null;
  /** When its last run ended. */
  released_at: number | null;
  deadline_at: number | null;
  cancel_requested_at: number | null;
  pause_requested_at: number | null;
  checkpoint: string | null;
  /**
   * From when on a worker may clean up behind the job once it has ended: the claim sets it, and a
   * worker that begins to clean up postpones it for the others. Null: nothing to clean up.
   */
  cleanup_due_at: number | null;
  succeeded: Generated<number>;
  rejected: Generated<number>;
  skipped: Generated<number>;
  /** The current step's place in `job_steps`, and how far it is. */
  current_step: number | null;
  step_done: Generated<number>;
  step_total: number | null;
  /** 0 to 1 over all steps, null where a total is unknown. */
  progress: number | null;
  message: string | null;
  /** When progress was last made; what "No progress for 40 s" counts from. */
  last_progress_at: number | null;
  /** Between these the job is expected to end. */
  eta_earliest: number | null;
  eta_latest: number | null;
  /** While a running job waits as it said it would: until when, and what for if it told that. */
  waiting_until: number | null;
  waiting_for: string | null;
}

export interface JobStepsTable {
  job_id: string;
  position: number;
  name: string;
  weight: number;
  status: "waiting" | "running" | "done";
  /** What the step returned, JSON. */
  result: string | null;
  started_at: number | null;
  finished_at: number | null;
  /** Once it is done: running time since the step before ended, pauses not counted, ms. */
  running_ms: number | null;
  /** Once it is done: what its total turned out to be. */
  total: number | null;
}

export interface JobEventsTable {
  job_id: string;
  seq: number;
  type: string;
  message: string;
  details: string | null;
  created_at: number;
}

export interface JobLogsTable {
  job_id: string;
  seq: number;
  /** A note is of the engine itself: lines were dropped. */
  level: "info" | "warn" | "error" | "note";
  message: string;
  created_at: number;
}

export interface JobRejectionsTable {
  job_id: string;
  reason: string;
  count: number;
  /** The first row numbers, JSON. */
  first_rows: string;
}

export interface FilesTable {
  id: string;
  job_id: string;
  role: "result" | "rejected";
  name: string;
  media_type: string;
  size: number;
  storage_key: string;
  created_at: number;
  /**
   * From then on nobody gets it; a while later its bytes are gone, and the row says since when.
   * Null: as long as its job.
   */
  expires_at: number | null;
  deleted_at: Generated<number | null>;
}

export interface UploadsTable {
  id: string;
  account_id: string;
  user_id: string;
  name: string;
  media_type: string;
  size: number;
  storage_key: string;
  /** Of its bytes, hex; null for files from before it was kept. */
  sha256: string | null;
  created_at: number;
}

/** What a job reads; kept at least until it has ended. */
export interface JobUploadsTable {
  job_id: string;
  upload_id: string;
}

/** What people and programs did with a job. Rows are added only. */
export interface JobAuditEntriesTable {
  job_id: string;
  /** Unique for each job: an action that may come again and again is kept once. */
  dedup_key: string;
  user_id: string;
  action:
    | "started"
    | "cancelled"
    | "paused"
    | "resumed"
    | "started_now"
    | "retried"
    | "started_again"
    | "downloaded";
  /** From a page of ours, or by a program. */
  via: "page" | "api";
  /** What was downloaded. */
  file_name: string | null;
  /** The job that was started with what this one was. */
  new_job_id: string | null;
  created_at: number;
}

/** What a job is found by: each word of its file's name and its input, in lower case. */
export interface JobSearchTermsTable {
  job_id: string;
  term: string;
  account_id: string;
  user_id: string;
}

/** What is still known of jobs whose time is over. */
export interface ExpiredJobsTable {
  id: string;
  account_id: string;
  user_id: string;
  kind: string;
  status: Status;
  /** What it came to, or why it failed. */
  outcome: string | null;
  finished_at: number;
}

export interface WorkersTable {
  id: string;
  host: string;
  pid: number;
  /** Grows each second; a watcher that sees it stand still knows that the worker is lost. */
  heartbeat_count: Generated<number>;
  last_heartbeat_at: number;
  started_at: number;
  /** What the queue knows this worker by, for setting its locks free. */
  queue_worker_id: string | null;
}

export interface ContactsTable {
  id: Generated<number>;
  account_id: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  phone: string | null;
  /** The job that brought or last changed the row. */
  job_id: string;
  created_at: number;
  updated_at: number;
}

export interface SecretsTable {
  /** What signs sessions and links where none was set, or the mark of the one that was. */
  name: "made" | "mark";
  value: string;
}

export type JobRow = Selectable<JobsTable>;
export type StepRow = Selectable<JobStepsTable>;
export type EventRow = Selectable<JobEventsTable>;
export type FileRow = Selectable<FilesTable>;
export type JobRejectionRow = Selectable<JobRejectionsTable>;
export type LogRow = Selectable<JobLogsTable>;
export type ExpiredJobRow = Selectable<ExpiredJobsTable>;
export type AuditRow = Selectable<JobAuditEntriesTable>;
export type UploadRow = Selectable<UploadsTable>;

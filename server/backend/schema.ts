/**
 * The tables as Kysely types. `migrations/` creates them, the same on SQLite and Postgres. Times are
 * whole milliseconds since 1970 (UTC), JSON is text, ids are UUIDv7 text.
 */
import type { Generated, Selectable } from "kysely";
import type { EventType } from "../engine/job-event.ts";
import type { JobReason } from "../engine/job-reason.ts";
import type { ScheduleEventType } from "../engine/schedules/schedule-event.ts";
import type { Status } from "../engine/status.ts";
import type { FileRole } from "../job.ts";
import type {
  AuditAction,
  AuditSource,
  ContactEditAction,
  DownloadRole,
  LogLevel,
  MemberRole,
  SecurityEventType,
  StepStatus,
  TokenScope,
} from "./enums.ts";

export interface Schema {
  accounts: AccountsTable;
  members: MembersTable;
  preferences: PreferencesTable;
  api_tokens: ApiTokensTable;
  security_events: SecurityEventsTable;
  jobs: JobsTable;
  job_steps: JobStepsTable;
  job_events: JobEventsTable;
  job_logs: JobLogsTable;
  job_rejections: JobRejectionsTable;
  job_results: JobResultsTable;
  job_output: JobOutputTable;
  files: FilesTable;
  uploads: UploadsTable;
  partial_uploads: PartialUploadsTable;
  job_uploads: JobUploadsTable;
  job_audit_entries: JobAuditEntriesTable;
  job_search_terms: JobSearchTermsTable;
  expired_jobs: ExpiredJobsTable;
  workers: WorkersTable;
  contacts: ContactsTable;
  contact_fields: ContactNamesTable;
  contact_tags: ContactNamesTable;
  contact_changes: ContactChangesTable;
  contact_postings: ContactPostingsTable;
  contact_search_backfill: ContactSearchBackfillTable;
  contact_edits: ContactEditsTable;
  secrets: SecretsTable;
  rate_limits: RateLimitsTable;
  transfers: TransfersTable;
  running_backups: RunningBackupsTable;
  schedules: SchedulesTable;
  schedule_events: ScheduleEventsTable;
  schedule_uploads: ScheduleUploadsTable;
}

export interface AccountsTable {
  id: string;
  name: string;
  /** A counter cache of running jobs. A maintenance task repairs it. */
  running_jobs: Generated<number>;
  max_running_jobs: Generated<number>;
  last_claimed_at: Generated<number>;
  /** A counter cache, because counting a million rows takes too long for a page. */
  contact_count: Generated<number>;
  created_at: number;
}

export interface MembersTable {
  user_id: string;
  account_id: string;
  role: MemberRole;
}

export interface PreferencesTable {
  user_id: string;
  /** 0 or 1, like `open_result`. */
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
  scope: Generated<TokenScope>;
  /** Time from which it authenticates nobody; null: it never ends. */
  expires_at: number | null;
}

/** Events in the sign-ins and credentials of people. Rows are never updated. */
export interface SecurityEventsTable {
  id: string;
  user_id: string;
  /** The account to which the person belonged at that time. */
  account_id: string | null;
  type: SecurityEventType;
  /** The address of the client; empty if unknown. */
  address: string;
  user_agent: string;
  /** JSON: `SecurityEventDetails`; null without details. */
  details: string | null;
  created_at: number;
}

export interface JobsTable {
  id: string;
  kind: string;
  account_id: string;
  user_id: string;
  idempotency_key: string | null;
  /** The job that this one retries. */
  retry_of: string | null;
  priority: Generated<number>;
  status: Status;
  /** The reason for the status; null if there is none. */
  reason: JobReason | null;
  input: string;
  /** SHA-256 of kind and input, hex. An uploaded file counts by its bytes. */
  input_fingerprint: string | null;
  /** Distinguishes it from other jobs of its kind: usually the name of the uploaded file. */
  subject: string | null;
  /** Total size of its uploads, null without uploads. */
  input_bytes: number | null;
  /** A sentence about the end of the job. */
  outcome: string | null;
  /** A path of this site. */
  result_page: string | null;
  error: string | null;
  /** Advice on how to avoid the error. */
  advice: string | null;
  /** Time at which the job is due. A retry postpones it. */
  run_at: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  /** Time at which it was cleared from the list. */
  hidden_at: number | null;
  /** Each claim increments it, and each write of a run must match it. */
  fence: Generated<number>;
  /** Grows with every visible change. */
  version: Generated<number>;
  /** The highest `seq` of its events and log lines. */
  event_seq: Generated<number>;
  log_seq: Generated<number>;
  retries: Generated<number>;
  max_retries: number;
  /** Consecutive runs whose runner crashed before a new checkpoint. */
  rescues: Generated<number>;
  worker_id: string | null;
  /** Running time allowed and used so far, without pauses. */
  timeout_ms: number;
  running_ms: Generated<number>;
  claimed_at: number | null;
  /** Time at which its last run ended. */
  released_at: number | null;
  deadline_at: number | null;
  cancel_requested_at: number | null;
  pause_requested_at: number | null;
  /** Time at which it was asked to give back its slot to another account. */
  room_requested_at: Generated<number | null>;
  /**
   * JSON: the long sleep that its run began after the last checkpoint, as `RecordedSleep` describes.
   * The next run waits only for the rest of it.
   */
  sleep: Generated<string | null>;
  /** JSON: the position at which the next run continues. */
  checkpoint: string | null;
  /**
   * Time from which a worker may clean up after the ended job, or null if there is nothing to clean
   * up. A claim sets it to now. A worker that cleans up postpones it, so that no other does.
   */
  cleanup_due_at: number | null;
  succeeded: Generated<number>;
  rejected: Generated<number>;
  skipped: Generated<number>;
  /** Position of the current step, and its progress. */
  current_step: number | null;
  step_done: Generated<number>;
  step_total: number | null;
  /** 0 to 1 over all steps, null if a total is unknown. */
  progress: number | null;
  message: string | null;
  last_progress_at: number | null;
  /** The range in which the job is expected to end. */
  eta_earliest: number | null;
  eta_latest: number | null;
  /** Set while the job sleeps. `waiting_for` is optional. */
  waiting_until: number | null;
  waiting_for: string | null;
  /** JSON array: the names of the follow-ups that the job offers and nobody has started yet. */
  follow_ups: string | null;
  /** The length of the text in `job_output`, in UTF-16 units. */
  output_length: Generated<number>;
  /** The schedule that started it. The schedule may have been deleted since. */
  schedule_id: Generated<string | null>;
  /** The time of the schedule for which it runs, ms; null for a run that a person asked for. */
  planned_at: Generated<number | null>;
}

export interface JobStepsTable {
  job_id: string;
  position: number;
  name: string;
  weight: number;
  status: StepStatus;
  /** The return value of the step, JSON. */
  result: string | null;
  started_at: number | null;
  finished_at: number | null;
  /** Running time since the previous step ended, without pauses. Null until it is done. */
  running_ms: number | null;
  /** Its final total of items. Null until it is done, or if unknown. */
  total: number | null;
}

export interface JobEventsTable {
  job_id: string;
  seq: number;
  type: EventType;
  /** JSON: `JobEvent` says which details each type has. */
  details: string | null;
  created_at: number;
}

export interface JobLogsTable {
  job_id: string;
  seq: number;
  level: LogLevel;
  message: string;
  created_at: number;
}

export interface JobRejectionsTable {
  job_id: string;
  reason: string;
  count: number;
  /** JSON: the numbers of the first rows, with their labels as `parseRejectedRows` reads them. */
  first_rows: string;
}

export interface JobResultsTable {
  job_id: string;
  /** JSON: what the kind's `run` returned as `data`. */
  data: string;
}

/** The text that a job writes with `job.output`, in pieces. */
export interface JobOutputTable {
  job_id: string;
  /** The length of the text before it, in UTF-16 units like its own. */
  position: number;
  length: number;
  text: string;
  /** 0 behind the last checkpoint: the next run deletes it, and writes it again. */
  is_kept: number;
}

export interface FilesTable {
  id: string;
  job_id: string;
  role: FileRole;
  name: string;
  media_type: string;
  size: number;
  storage_key: string;
  created_at: number;
  /**
   * Nobody can download the file from then on, and a maintenance task deletes its bytes. Null: it
   * expires with its job.
   */
  expires_at: number | null;
  deleted_at: Generated<number | null>;
  /** The number of items in it, if the kind knows it. */
  items: Generated<number | null>;
  /** The account of its job, which counts its bytes. */
  account_id: Generated<string | null>;
}

export interface UploadsTable {
  id: string;
  account_id: string;
  user_id: string;
  name: string;
  media_type: string;
  size: number;
  storage_key: string;
  /** SHA-256 of the bytes, hex. */
  sha256: string | null;
  created_at: number;
}

/** Uploads that arrive in several requests, until they are complete. */
export interface PartialUploadsTable {
  /** Becomes the id of the upload. */
  id: string;
  account_id: string;
  user_id: string;
  name: string;
  media_type: string;
  /** Bytes of the complete file. */
  size: number;
  storage_key: string;
  /** Names the bytes in the storage until the file is complete. */
  storage_handle: string;
  /** The request that may write at present. */
  writer: string | null;
  created_at: number;
  expires_at: number;
}

/** The uploads that jobs read, which must not be deleted before the jobs have ended. */
export interface JobUploadsTable {
  job_id: string;
  upload_id: string;
}

/** The audit log of a job: the actions of people and programs. Rows are never updated. */
export interface JobAuditEntriesTable {
  job_id: string;
  /** Unique per job. Repeated downloads share one, so that they are recorded once. */
  dedup_key: string;
  user_id: string;
  action: AuditAction;
  via: AuditSource;
  /** Set for a download. */
  file_name: string | null;
  /** Set for a retry, and for a start with edited input. */
  new_job_id: string | null;
  created_at: number;
}

/** The search index: each word of a job's subject and input, in lower case. */
export interface JobSearchTermsTable {
  job_id: string;
  term: string;
  account_id: string;
  user_id: string;
}

/** Records of jobs that were deleted after their retention. */
export interface ExpiredJobsTable {
  id: string;
  account_id: string;
  user_id: string;
  kind: string;
  status: Status;
  /** Copied from the job: `server/presenters/expired-job.ts` makes a sentence of them. */
  reason: JobReason | null;
  outcome: string | null;
  error: string | null;
  timeout_ms: number;
  rescues: number;
  finished_at: number;
}

export interface WorkersTable {
  id: string;
  host: string;
  pid: number;
  /** Grows every second. A worker is lost if other workers observe no growth. */
  heartbeat_count: Generated<number>;
  last_heartbeat_at: number;
  started_at: number;
  /** The id under which the queue locks entries for this worker. */
  queue_worker_id: string | null;
  /** Number of jobs that it runs at once; null for a worker of an older version. */
  concurrency: Generated<number | null>;
}

export interface ContactsTable {
  id: Generated<number>;
  account_id: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  /** As typed. */
  phone: string | null;
  /** The same number in its international form, if the country is known. */
  phone_e164: string | null;
  /** JSON object: the values of custom fields, by name. */
  custom_fields: string | null;
  /** JSON array. */
  tags: string | null;
  /** The job that last wrote the row; empty if a person did. */
  job_id: string;
  created_at: number;
  updated_at: number;
}

/** The names of the custom fields, or the tags, of an account, in the spelling of their first use. */
export interface ContactNamesTable {
  account_id: string;
  name: string;
  created_at: number;
}

/** The contacts that one batch of a job created or updated. */
export interface ContactChangesTable {
  job_id: string;
  /** From 0, in order of email addresses. */
  batch: number;
  account_id: string;
  /** The `updated_at` of each contact that the batch wrote. */
  changed_at: number;
  first_email: string;
  last_email: string;
  /** JSON: ranges of ids, both ends included: `[[1, 500], [502, 502]]`. */
  created: string;
  /** JSON: `[id, before]` of each contact, with the old values of the columns that changed. */
  updated: string;
  created_count: number;
  updated_count: number;
  /** Time from which the search index has these contacts; null: still to be indexed. */
  indexed_at: Generated<number | null>;
}

/** The search index of contacts: those of 65,536 consecutive ids that have a term. */
export interface ContactPostingsTable {
  account_id: string;
  term: string;
  /** The ids divided by 65,536, rounded down. */
  block: number;
  count: number;
  /** See `server/contacts/search/id-block.ts`. */
  ids: Uint8Array;
}

/** Accounts whose contacts are older than the search index. */
export interface ContactSearchBackfillTable {
  account_id: string;
  /** The contacts up to this address are indexed. */
  last_email: string;
}

/** The changes of contacts by people. Rows are never updated. */
export interface ContactEditsTable {
  id: Generated<number>;
  account_id: string;
  contact_id: number;
  user_id: string;
  action: ContactEditAction;
  via: AuditSource;
  /** JSON: the old values of the columns that changed; of a deleted contact the whole row. */
  before: string;
  edited_at: number;
}

export interface SecretsTable {
  /** The generated signing secret, or the fingerprint of the one from the `SECRET` setting. */
  name: "generated" | "fingerprint";
  value: string;
}

/** Requests that count against a limit. */
export interface RateLimitsTable {
  /** A hash of what the requests have in common, such as an email. */
  key: string;
  hits: number;
  resets_at: number;
}

/** The move of this database to another (`out`), and from another (`in`). */
export interface TransfersTable {
  direction: "in" | "out";
  /** The address of the other database, without a password. */
  peer: string;
  /** JSON: what is copied, by table. */
  progress: string;
  started_at: number;
  /** Time at which the copy was found to be equal. */
  verified_at: number | null;
  /** Null: the move goes on, or was interrupted. */
  finished_at: number | null;
}

export interface RunningBackupsTable {
  id: string;
  /** The backup renews it while it runs. */
  active_until: number;
}

export interface SchedulesTable {
  id: string;
  account_id: string;
  /** The owner, in whose name its runs start. */
  user_id: string;
  idempotency_key: string | null;
  kind: string;
  input: string;
  /** As of jobs. */
  subject: string | null;
  /** The repetition as it was typed: "every weekday at 07:00", "0 7 * * 1-5". */
  repeats: string;
  /** Five fields of cron. */
  cron: string;
  time_zone: string;
  /** Time of the next run, ms. Null while it is paused, and if the calendar has no time left. */
  next_at: number | null;
  /** The latest time that a worker took, whatever came of it. */
  last_planned_at: Generated<number | null>;
  paused_at: Generated<number | null>;
  /** Runs that failed in a row, until now. */
  failures: Generated<number>;
  /** Grows with every edit, pause and resume. */
  version: Generated<number>;
  /** The highest `seq` of its events. */
  event_seq: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface ScheduleEventsTable {
  schedule_id: string;
  seq: number;
  type: ScheduleEventType;
  /** JSON: `ScheduleEvent` says which details each type has. */
  details: string | null;
  created_at: number;
}

/** The uploads that runs of schedules read, which must not be deleted before the schedule. */
export interface ScheduleUploadsTable {
  schedule_id: string;
  upload_id: string;
}

export type JobRow = Selectable<JobsTable>;
export type ScheduleRow = Selectable<SchedulesTable>;
export type ScheduleEventRow = Selectable<ScheduleEventsTable>;
export type StepRow = Selectable<JobStepsTable>;
export type EventRow = Selectable<JobEventsTable>;
export type ContactRow = Selectable<ContactsTable>;
export type FileRow = Selectable<FilesTable>;
/** A file that people can download. */
export type DownloadableFile = FileRow & { role: DownloadRole };
export type JobRejectionRow = Selectable<JobRejectionsTable>;
export type LogRow = Selectable<JobLogsTable>;
export type ExpiredJobRow = Selectable<ExpiredJobsTable>;
export type AuditRow = Selectable<JobAuditEntriesTable>;
export type UploadRow = Selectable<UploadsTable>;
export type PartialUploadRow = Selectable<PartialUploadsTable>;

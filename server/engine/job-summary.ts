/**
 * The columns of a job that pages show. Frames are rendered from them thousands of times a second, so
 * they leave out the input and the checkpoint, which may be large.
 */
import type { JobRow } from "../backend/schema.ts";
import type { Kind } from "../job.ts";

export const jobSummaryColumns = [
  "id",
  "kind",
  "account_id",
  "user_id",
  "status",
  "reason",
  "subject",
  "outcome",
  "result_page",
  "error",
  "advice",
  "run_at",
  "created_at",
  "started_at",
  "finished_at",
  "fence",
  "version",
  "log_seq",
  "output_length",
  "retries",
  "running_ms",
  "claimed_at",
  "released_at",
  "max_retries",
  "rescues",
  "timeout_ms",
  "cancel_requested_at",
  "pause_requested_at",
  "succeeded",
  "rejected",
  "skipped",
  "current_step",
  "step_done",
  "step_total",
  "progress",
  "message",
  "last_progress_at",
  "eta_earliest",
  "eta_latest",
  "waiting_until",
  "waiting_for",
  "follow_ups",
] as const satisfies readonly (keyof JobRow)[];

/** The position of a due job in the queue of its account. */
export interface QueuePosition {
  /** From 1; null beyond the first hundred. */
  position: number | null;
  /** The estimated start, ms; null if it cannot be estimated. */
  startsAt: number | null;
  /** The number of running jobs of the account if it is at its limit, else null. */
  runningAtLimit: number | null;
}

export type JobSummaryRow = Pick<JobRow, (typeof jobSummaryColumns)[number]> & {
  queuePosition?: QueuePosition;
  /** Whether it is due or running while no worker is alive. */
  lacksWorker?: boolean;
};

/** The properties of a kind that pages show. A job may outlive its kind, so pages work without it. */
export type KindSummary = Pick<
  Kind,
  | "title"
  | "icon"
  | "input"
  | "steps"
  | "unit"
  | "stepUnits"
  | "cancellable"
  | "inputForRejected"
  | "rejectedColumn"
  | "followUps"
  | "opensResult"
  | "resultLabel"
  | "nothingDoneLabel"
  | "succeededLabel"
  | "output"
>;

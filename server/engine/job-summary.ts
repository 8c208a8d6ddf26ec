/**
 * The part of a job's row that people see. Frames are made from it thousands of times a second, and
 * the input and the checkpoint, which nobody sees, may be large.
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
] as const satisfies readonly (keyof JobRow)[];

/** Where a job stands that is due and does not run yet. */
export interface QueuePosition {
  /** Among the jobs of its account, from 1; null behind the hundredth. */
  place: number | null;
  /** When it may begin, ms; null where nobody can know. */
  startsAt: number | null;
  /** How many jobs of the account run, where no more may and this one waits for that. */
  running: number | null;
}

export type JobSummaryRow = Pick<JobRow, (typeof jobSummaryColumns)[number]> & {
  line?: QueuePosition;
};

/** The parts of a kind that are shown; a job outlives the file of its kind. */
export type KindSummary = Pick<
  Kind,
  | "title"
  | "icon"
  | "steps"
  | "unit"
  | "stepUnits"
  | "cancellable"
  | "inputForRejected"
  | "opensResult"
  | "resultLabel"
  | "allRejectedLabel"
>;

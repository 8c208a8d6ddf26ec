/** The reasons for a job's status. `server/presenters/outcome.ts` makes sentences of them. */

/**
 * Reasons for which a job that ran before is queued again. `made_room`: it gave its slot to another
 * account; `sleeping`: it gave back its slot for a long `job.sleep`; `woken`: that sleep is over;
 * `unknown_kind`: the worker that claimed it does not know its kind.
 */
export const queuedReasons = [
  "retry",
  "rescued",
  "interrupted",
  "resumed",
  "made_room",
  "sleeping",
  "woken",
  "unknown_kind",
] as const;

/** Reasons for which a job is paused though nobody paused it. `restored`: it came from a backup. */
export const pausedReasons = ["restored"] as const;

/**
 * `error`: the kind threw an error; `refused`: it threw `Refused`; `timeout`: it ran for too long;
 * `worker_lost`: it crashed its runners; `unknown_kind`: the kind's file is gone.
 */
export const failureReasons = [
  "error",
  "refused",
  "timeout",
  "worker_lost",
  "unknown_kind",
] as const;

/**
 * The time at which the cancel took effect. `while_queued`: it had run before, and was to continue;
 * `before_retry`: it waited for its next automatic retry; `unresponsive`: the run ignored it and was
 * killed; `worker_lost`: the worker crashed before the run could stop.
 */
export const cancelReasons = [
  "before_start",
  "while_queued",
  "before_retry",
  "while_sleeping",
  "while_paused",
  "while_running",
  "unresponsive",
  "worker_lost",
] as const;

export type QueuedReason = (typeof queuedReasons)[number];
export type PausedReason = (typeof pausedReasons)[number];
export type FailureReason = (typeof failureReasons)[number];
export type CancelReason = (typeof cancelReasons)[number];
export type JobReason = QueuedReason | PausedReason | FailureReason | CancelReason;

/**
 * `not_cancellable`: jobs of this kind must not be stopped; `not_final`: only a job that ended can be
 * retried; `no_rejected_rows`: its kind cannot retry rejected rows, or none were rejected;
 * `rejected_file_expired`: the file of the rejected rows was deleted; `not_offered`: the job does not
 * offer this follow-up, or somebody has started it; `retried_by_another`: somebody whose jobs this
 * person may not see has retried the job; `started`: only a job that has not started can be moved to
 * another time.
 */
export type RefusalReason =
  | "not_cancellable"
  | "not_final"
  | "no_rejected_rows"
  | "rejected_file_expired"
  | "not_offered"
  | "retried_by_another"
  | "started";

/** The job's status or results do not allow the action. The job is unchanged. */
export class ActionRefused extends Error {
  override name = "ActionRefused";
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason) {
    super(`Refused: ${reason}`);
    this.reason = reason;
  }
}

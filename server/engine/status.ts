/** The statuses of a job and the allowed changes between them. */

export const statuses = ["queued", "running", "paused", "done", "failed", "cancelled"] as const;

export type Status = (typeof statuses)[number];

/**
 * The statuses to which a status may change. `transition` checks every change against this table. Only
 * a claim, which is a statement of each backend's queue, changes a job to `running`.
 */
export const transitions: Record<Status, readonly Status[]> = {
  queued: ["running", "paused", "cancelled"],
  // "queued": released for a retry, a rescue or a shutdown
  running: ["done", "failed", "cancelled", "paused", "queued"],
  paused: ["queued", "cancelled"],
  done: [],
  failed: [],
  cancelled: [],
};

export const finalStatuses = statuses.filter((status) => transitions[status].length === 0);

export function isFinal(status: Status): boolean {
  return transitions[status].length === 0;
}

/** @param kind undefined if it was removed */
export function isCancellable(
  { status, cancel_requested_at }: { status: Status; cancel_requested_at: number | null },
  kind: { cancellable?: boolean } | undefined,
): boolean {
  return !isFinal(status) && cancel_requested_at === null && kind?.cancellable !== false;
}

/** @returns the statuses from which a job may change to this one */
export function sourcesOf(status: Status): Status[] {
  return statuses.filter((from) => transitions[from].includes(status));
}

/** The statuses of a job and the allowed changes between them. */

export const statuses = ["queued", "running", "paused", "done", "failed", "cancelled"] as const;

export type Status = (typeof statuses)[number];

/**
 * From a status, the statuses it may change to. `transition` checks every change against this table;
 * the claim, a statement of each backend's queue, is its one way to `running`.
 */
export const transitions: Record<Status, readonly Status[]> = {
  // claimed; paused or cancelled before it ran
  queued: ["running", "paused", "cancelled"],
  // ended; stopped at a checkpoint; handed back for a retry, a rescue or a shutdown
  running: ["done", "failed", "cancelled", "paused", "queued"],
  // resumed; cancelled while it stood
  paused: ["queued", "cancelled"],
  done: [],
  failed: [],
  cancelled: [],
};

export const finalStatuses = statuses.filter((status) => transitions[status].length === 0);

export function isFinal(status: Status): boolean {
  return transitions[status].length === 0;
}

/** Whether a cancel would do anything now. A job outlives the file of its kind. */
export function isCancellable(
  { status, cancel_requested_at }: { status: Status; cancel_requested_at: number | null },
  kind: { cancellable?: boolean } | undefined,
): boolean {
  return !isFinal(status) && cancel_requested_at === null && kind?.cancellable !== false;
}

/** The statuses from which a job may come to this one. */
export function sourcesOf(status: Status): Status[] {
  return statuses.filter((from) => transitions[from].includes(status));
}

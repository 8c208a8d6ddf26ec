/** The statuses of a job and the only ways between them. */

export const statuses = [
  "pending",
  "running",
  "paused",
  "succeeded",
  "failed",
  "cancelled",
] as const;

export type Status = (typeof statuses)[number];

/**
 * From a status, the statuses it may change to. `transition` checks every change against this table;
 * the claim, a statement of each backend's queue, is its one way to `running`.
 */
export const transitions: Record<Status, readonly Status[]> = {
  // claimed; paused or cancelled before it ran
  pending: ["running", "paused", "cancelled"],
  // ended; stopped at a checkpoint; handed back for a retry, a rescue or a shutdown
  running: ["succeeded", "failed", "cancelled", "paused", "pending"],
  // resumed; cancelled while it stood
  paused: ["pending", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

export const finalStatuses = statuses.filter((status) => transitions[status].length === 0);

export function isFinal(status: Status): boolean {
  return transitions[status].length === 0;
}

/** The statuses from which a job may come to this one. */
export function sourcesOf(status: Status): Status[] {
  return statuses.filter((from) => transitions[from].includes(status));
}

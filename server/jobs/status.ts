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

/** From a status, the statuses it may change to. Every change is checked against this table. */
export const transitions: Record<Status, readonly Status[]> = {
  // claimed; cancelled or paused before it ran; given up by the sweep
  pending: ["running", "paused", "cancelled", "failed"],
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

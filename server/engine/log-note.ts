/** Notes of the engine in a job's log, stored as JSON in place of a message. */

export type LogNote =
  /** `rate`: the kind logged too fast; `backlog`: the database was unavailable for too long. */
  | { type: "lines_dropped"; reason: "rate" | "backlog"; count: number; max_per_second: number }
  | { type: "log_full"; max: number };

/** @param message of a log line of level `note` */
export function parseLogNote(message: string): LogNote {
  return JSON.parse(message) as LogNote;
}

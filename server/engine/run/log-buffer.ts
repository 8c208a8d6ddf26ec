/**
 * Buffers the log lines of one job until they are written, within limits: a kind that logs in a hot
 * loop fills neither the memory nor the table. A note in the log says where lines were dropped and
 * how many. Pure.
 */
import type { LogLevel } from "../../backend/enums.ts";
import type { LogNote } from "../log-note.ts";
import { shortenText } from "../sanitize-text.ts";

export interface LogLine {
  /** The message of a `note` is a `LogNote` in JSON. */
  level: LogLevel;
  message: string;
  /** Ms since 1970. */
  at: number;
}

/** How many lines a job may log; `server/job.ts` documents both limits for authors of kinds. */
export const maxLines = { second: 1_000, job: 100_000 };
/** Maximum number of lines that wait while the database is unavailable. */
const maxWaiting = 5 * maxLines.second;

export interface LogBuffer {
  add(line: LogLine): void;
  /** True while there are lines or a note to write, now or after the current second. */
  readonly waiting: boolean;
  /**
   * Takes the next lines to write, in order.
   * @param limit maximum number of lines
   * @param last true if no more lines are expected soon: then a note about dropped lines is due now
   */
  take(at: number, limit: number, last: boolean): LogLine[];
  /** Puts lines that could not be written back to the front. */
  putBack(lines: readonly LogLine[]): void;
}

type DropReason = "rate" | "backlog";

/** @param written number of lines that earlier runs of the job wrote */
export function createLogBuffer(written = 0): LogBuffer {
  const lines: LogLine[] = [];
  let remaining = maxLines.job - written;
  let secondStartedAt = Number.NEGATIVE_INFINITY;
  let linesInSecond = 0;
  let dropped: { count: number; reason: DropReason | undefined; at: number } = {
    count: 0,
    reason: undefined,
    at: 0,
  };

  function drop(reason: DropReason, at: number): void {
    if (reason !== dropped.reason) noteDropped();
    dropped = { count: dropped.count + 1, reason, at };
  }

  function noteDropped(): void {
    const { count, reason, at } = dropped;
    if (count === 0) return;
    const max_per_second = maxLines.second;
    pushNote({ type: "lines_dropped", reason: reason!, count, max_per_second }, at);
    dropped = { count: 0, reason: undefined, at: 0 };
  }

  /** Whether the reason for dropping lines has passed. */
  function isOver(at: number): boolean {
    return dropped.reason === "backlog" ? lines.length < maxWaiting : at - secondStartedAt >= 1_000;
  }

  function pushNote(note: LogNote, at: number): void {
    push({ level: "note", message: JSON.stringify(note), at });
  }

  function push(line: LogLine): void {
    lines.push(line);
    remaining--;
  }

  return {
    get waiting() {
      return lines.length > 0 || dropped.count > 0;
    },
    add(line) {
      if (remaining <= 0) return;
      if (line.at - secondStartedAt >= 1_000 || line.at < secondStartedAt) {
        if (isOver(line.at)) noteDropped();
        secondStartedAt = line.at;
        linesInSecond = 0;
      }
      if (remaining <= 1) pushNote({ type: "log_full", max: maxLines.job }, line.at);
      else if (linesInSecond >= maxLines.second) drop("rate", line.at);
      else if (lines.length >= maxWaiting) drop("backlog", line.at);
      else {
        if (dropped.reason === "backlog") noteDropped();
        linesInSecond++;
        push({ ...line, message: shortenText(line.message) });
      }
    },
    take(at, limit, last) {
      if (last || isOver(at)) noteDropped();
      return lines.splice(0, limit);
    },
    putBack(unwritten) {
      lines.unshift(...unwritten);
    },
  };
}

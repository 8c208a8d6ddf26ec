import type { LogLevel } from "../../backend/enums.ts";
import { formatCount, formatNumber } from "../../text/counts.ts";
import { shortenText } from "../sanitize-text.ts";

/** A note is our own: it says that lines were dropped. */
export interface LogLine {
  level: LogLevel;
  message: string;
  /** ms since 1970 */
  at: number;
}

/** What a job may say; `server/job.ts` tells it to those who write kinds. */
export const maxLines = { second: 1_000, job: 100_000 };
/** With the database away so many wait. */
const maxWaiting = 5 * maxLines.second;
export interface LogBuffer {
  add(line: LogLine): void;
  /** Whether there is something to be written, now or once its second is over. */
  readonly waiting: boolean;
  /**
   * Those to be written next, in their order.
   * @param most so many at most
   * @param last whether nothing follows for a while: what was dropped in this second is told, too
   */
  take(at: number, most: number, last: boolean): LogLine[];
  /** They could not be written: they come first the next time. */
  putBack(lines: readonly LogLine[]): void;
}

/** @param written lines that earlier runs of the job wrote */
export function createLogBuffer(written = 0): LogBuffer {
  const lines: LogLine[] = [];
  let left = maxLines.job - written;
  let secondAt = Number.NEGATIVE_INFINITY;
  let inSecond = 0;
  let dropped = { count: 0, why: "", at: 0 };

  function drop(why: string, at: number): void {
    if (why !== dropped.why) tellDropped();
    dropped = { count: dropped.count + 1, why, at };
  }

  function tellDropped(): void {
    const { count, why, at } = dropped;
    if (count === 0) return;
    push({
      level: "note",
      message: `${formatCount(count, "lines")} dropped: ${why}`,
      at,
    });
    dropped = { count: 0, why: "", at: 0 };
  }

  /** Whether what made lines be dropped has passed. */
  function isOver(at: number): boolean {
    return dropped.why === tooMany ? lines.length < maxWaiting : at - secondAt >= 1_000;
  }

  function push(line: LogLine): void {
    lines.push(line);
    left--;
  }

  return {
    get waiting() {
      return lines.length > 0 || dropped.count > 0;
    },
    add(line) {
      if (left <= 0) return;
      if (line.at - secondAt >= 1_000 || line.at < secondAt) {
        if (isOver(line.at)) tellDropped();
        secondAt = line.at;
        inSecond = 0;
      }
      if (left <= 1) push({ level: "note", message: full, at: line.at });
      else if (inSecond >= maxLines.second) drop(tooFast, line.at);
      else if (lines.length >= maxWaiting) drop(tooMany, line.at);
      else {
        if (dropped.why === tooMany) tellDropped();
        inSecond++;
        push({ ...line, message: shortenText(line.message) });
      }
    },
    take(at, most, last) {
      if (last || isOver(at)) tellDropped();
      return lines.splice(0, most);
    },
    putBack(taken) {
      lines.unshift(...taken);
    },
  };
}

const tooFast = `more than ${formatNumber(maxLines.second)} a second`;
const tooMany = "they couldn't be saved for a while";
const full = `Log limit of ${formatNumber(maxLines.job)} lines reached. Later lines were dropped.`;

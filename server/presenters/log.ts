/** A job's log. */
import type { LogLevel } from "../backend/enums.ts";
import type { LogRow } from "../backend/schema.ts";
import { type LogNote, parseLogNote } from "../engine/log-note.ts";
import { formatCount, formatNumber } from "../text/counts.ts";
import { formatClock, type TimeView } from "../text/dates.ts";

export interface LogLineView {
  /** Numbered per job from 1. */
  seq: number;
  level: LogLevel;
  message: string;
  time: TimeView;
}

/** Some lines of a job's log; in the stream only the new ones. */
export interface LogLinesView {
  id: string;
  lines: LogLineView[];
  /** The lowest level that is shown, empty for all. */
  level: MinLevel | "";
  /** The number of the last line when this was rendered; the stream sends those after it. */
  last: number;
  /** True where later lines exist, so that new ones are not appended. */
  part: boolean;
  /** The line that the address links to, 0 for none. */
  marked: number;
}

export interface JobLog extends LogLinesView {
  levels: { id: string; label: string; href: string; current: boolean }[];
  /** Hidden until there are earlier lines, which may happen while the page is open. */
  earlier: { href: string; hidden: boolean };
  laterHref: string | null;
  newestHref: string | null;
  downloadHref: string;
  /** Whether new lines may still come. */
  follows: boolean;
  /** Shown in place of an empty log: "Nothing logged yet." */
  none: string;
}

export type MinLevel = "warn" | "error";

export const logLevels: readonly { level: MinLevel | ""; label: string }[] = [
  { level: "", label: "All lines" },
  { level: "warn", label: "Warnings and errors" },
  { level: "error", label: "Errors" },
];

/** Lines of every level up to the last one. */
export function logLines(id: string, lines: readonly LogRow[]): LogLinesView {
  const last = lines.at(-1)?.seq ?? 0;
  return { id, lines: lines.map(logLine), level: "", last, part: false, marked: 0 };
}

function logLine({ seq, level, message, created_at }: LogRow): LogLineView {
  return { seq, level, message: logMessage({ level, message }), time: formatClock(created_at) };
}

/** The kind's own text, or what a note of the engine says. */
export function logMessage({ level, message }: Pick<LogRow, "level" | "message">): string {
  return level === "note" ? noteText(parseLogNote(message)) : message;
}

function noteText(note: LogNote): string {
  if (note.type === "log_full") {
    return `Log limit of ${formatNumber(note.max)} lines reached. Later lines were dropped.`;
  }
  const why =
    note.reason === "rate"
      ? `more than ${formatNumber(note.max_per_second)} a second`
      : "they couldn't be saved for a while";
  return `${formatCount(note.count, "lines")} dropped: ${why}`;
}

/**
 * One page of a log.
 * @param job.lastSeq the number of the job's last line, of any level
 * @param page.marked the line that the address links to, 0 for none
 */
export function jobLog(
  job: { id: string; lastSeq: number; isFinal: boolean },
  page: {
    lines: readonly LogRow[];
    earlier: boolean;
    later: boolean;
    level: MinLevel | undefined;
    marked: number;
  },
): JobLog {
  const { id, lastSeq } = job;
  const { lines, earlier, later, level, marked } = page;
  const first = lines[0]?.seq ?? 1;
  const last = lines.at(-1)?.seq ?? 0;
  const href = (more: Record<string, number> = {}) => {
    const params = Object.entries({ ...(level && { level }), ...more });
    const search = params.map((pair) => pair.join("=")).join("&");
    return `/jobs/${id}${search && `?${search}`}#log`;
  };
  return {
    id,
    lines: lines.map(logLine),
    level: level ?? "",
    // Lines of lower levels are not sent again either.
    last: later ? lastSeq : Math.max(last, lastSeq),
    part: later,
    follows: !later && !job.isFinal,
    marked,
    levels: logLevels.map((each) => ({
      id: `log-level-${each.level || "all"}`,
      label: each.label,
      href: `/jobs/${id}${each.level && `?level=${each.level}`}#log`,
      current: each.level === (level ?? ""),
    })),
    earlier: { href: href({ before: first }), hidden: !earlier },
    laterHref: later ? href({ after: last }) : null,
    newestHref: later ? href() : null,
    downloadHref: `/jobs/${id}/log${level ? `?level=${level}` : ""}`,
    none: emptyText(level, job.isFinal),
  };
}

const loggedNothing = { warn: "No warnings or errors logged", error: "No errors logged" };

function emptyText(level: MinLevel | undefined, isFinal: boolean): string {
  return `${level ? loggedNothing[level] : "Nothing logged"}${isFinal ? "" : " yet"}.`;
}

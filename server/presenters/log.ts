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

/** Lines of a job's log; frames contain only the new ones. */
export interface LogLinesView {
  id: string;
  lines: LogLineView[];
  /** Lowest level that is shown, empty for all. */
  level: MinLevel | "";
  /** Number of the last line at the time of rendering; the stream sends the lines after it. */
  last: number;
  /** Whether later lines exist, to which no new ones may be appended. */
  part: boolean;
  /** Number of the line that the URL links to, 0 for none. */
  marked: number;
}

export interface JobLog extends LogLinesView {
  levels: { id: string; label: string; href: string; current: boolean }[];
  /** Hidden until there are earlier lines; a script shows it when it removes lines. */
  earlier: { href: string; hidden: boolean };
  laterHref: string | null;
  newestHref: string | null;
  downloadHref: string;
  /** Whether new lines may still come. */
  follows: boolean;
  /** Shown in place of an empty log: "Nothing logged", to which the page adds "yet" until the job ends. */
  none: string;
}

export type MinLevel = "warn" | "error";

export const logLevels: readonly { level: MinLevel | ""; label: string }[] = [
  { level: "", label: "All lines" },
  { level: "warn", label: "Warnings and errors" },
  { level: "error", label: "Errors" },
];

/** Presents the last lines of all levels. */
export function logLines(id: string, lines: readonly LogRow[]): LogLinesView {
  const last = lines.at(-1)?.seq ?? 0;
  return { id, lines: lines.map(logLine), level: "", last, part: false, marked: 0 };
}

function logLine({ seq, level, message, created_at }: LogRow): LogLineView {
  return { seq, level, message: logMessage({ level, message }), time: formatClock(created_at) };
}

/** @returns the kind's own text, or a sentence for a note of the engine */
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
 * Presents a page of a log.
 * @param job.lastSeq the number of the job's last line, of any level
 * @param page.marked number of the line that the URL links to, 0 for none
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
    // The stream must not send the lines of lower levels either.
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
    none: level ? loggedNothing[level] : "Nothing logged",
  };
}

const loggedNothing = { warn: "No warnings or errors logged", error: "No errors logged" };

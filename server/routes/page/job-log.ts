/** What of a job's log its page shows: `?level=`, `?line=`, `?before=`, `?after=`. */
import type { JobRow } from "../../backend/schema.ts";
import type { LogPosition, MinLevel } from "../../engine/job-log.ts";
import type { JobReader } from "../../engine/job-reader.ts";
import { isFinal } from "../../engine/status.ts";
import { lineView } from "../../live/frames.ts";
import type { JobLog } from "../../presenters/jobs.ts";

const levels: { level: MinLevel | ""; label: string }[] = [
  { level: "", label: "All lines" },
  { level: "warn", label: "Warnings and errors" },
  { level: "error", label: "Errors" },
];
/** Numbers are 32 bits wide in the database, and one more is asked for. */
const highest = 2 ** 31 - 2;

/** @returns undefined for all levels, also for what is none */
export function minLevel(query: Record<string, string>): MinLevel | undefined {
  return levels.find(({ level }) => level === query.level)?.level || undefined;
}

export async function logView(
  jobs: JobReader,
  job: JobRow,
  query: Record<string, string>,
): Promise<JobLog> {
  const least = minLevel(query);
  const place = placeOf(query);
  const { lines, earlier, later } = await jobs.logPage(job.id, place, least);
  const first = lines[0]?.seq ?? 1;
  const last = lines.at(-1)?.seq ?? 0;
  const href = (more: Record<string, string | number> = {}) => {
    const params = Object.entries({ ...(least && { level: least }), ...more });
    const search = params.map((pair) => pair.join("=")).join("&");
    return `/jobs/${job.id}${search && `?${search}`}#log`;
  };
  return {
    id: job.id,
    lines: lines.map(lineView),
    level: least ?? "",
    // Lines of other levels are not told again either.
    last: later ? job.log_seq : Math.max(last, job.log_seq),
    part: later,
    follows: !later && !isFinal(job.status),
    marked: place && "line" in place ? place.line : 0,
    levels: levels.map(({ level, label }) => ({
      id: `log-level-${level || "all"}`,
      label,
      href: `/jobs/${job.id}${level && `?level=${level}`}#log`,
      current: level === (least ?? ""),
    })),
    earlier: { href: href({ before: first }), hidden: !earlier },
    laterHref: later ? href({ after: last }) : null,
    newestHref: later ? href() : null,
    downloadHref: `/jobs/${job.id}/log${least ? `?level=${least}` : ""}`,
    none: `${least ? "No such line" : "Nothing written"}${isFinal(job.status) ? "" : " yet"}.`,
  };
}

function placeOf(query: Record<string, string>): LogPosition {
  const number = (name: string) => {
    const text = query[name] ?? "";
    return /^\d{1,15}$/.test(text) ? Math.min(Number(text), highest) : undefined;
  };
  const [line, before, after] = ["line", "before", "after"].map(number);
  if (line !== undefined) return { line };
  if (before !== undefined) return { before };
  return after === undefined ? undefined : { after };
}

/** Reads the page of a job's log that the query asks for: `?level=`, `?line=`, `?before=`, `?after=`. */
import type { JobRow } from "../../backend/schema.ts";
import type { LogPosition, MinLevel } from "../../engine/job-log.ts";
import type { JobReader } from "../../engine/job-reader.ts";
import { isFinal } from "../../engine/status.ts";
import { type JobLog, jobLog, logLevels } from "../../presenters/log.ts";

/** The database column has 32 bits, and the reader asks for one more. */
const maxSeq = 2 ** 31 - 2;

/** @returns undefined for all levels and for an unknown one */
export function minLevel(query: Record<string, string>): MinLevel | undefined {
  return logLevels.find(({ level }) => level === query.level)?.level || undefined;
}

export async function logView(
  jobs: JobReader,
  job: JobRow,
  query: Record<string, string>,
): Promise<JobLog> {
  const level = minLevel(query);
  const position = positionOf(query);
  const page = await jobs.logPage(job.id, position, level);
  const marked = position && "line" in position ? position.line : 0;
  const shown = { id: job.id, lastSeq: job.log_seq, isFinal: isFinal(job.status) };
  return jobLog(shown, { ...page, level, marked });
}

function positionOf(query: Record<string, string>): LogPosition {
  const number = (name: string) => {
    const text = query[name] ?? "";
    return /^\d{1,15}$/.test(text) ? Math.min(Number(text), maxSeq) : undefined;
  };
  const [line, before, after] = ["line", "before", "after"].map(number);
  if (line !== undefined) return { line };
  if (before !== undefined) return { before };
  return after === undefined ? undefined : { after };
}

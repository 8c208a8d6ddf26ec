/** Reads the log of a job in pages, from any position and of all levels or some. */
import { type Kysely, sql } from "kysely";
import type { LogRow, Schema } from "../backend/schema.ts";

/** Maximum number of lines that a page of the log, or a reconnecting stream, gets at once. */
export const linesPerPage = 1_000;

export type MinLevel = "warn" | "error";

/** The levels that each minimum includes. A note about dropped lines may concern any level. */
const levels: Record<MinLevel, LogRow["level"][]> = {
  warn: ["warn", "error", "note"],
  error: ["error", "note"],
};

/** Lines around a line, before it or after it, by its number; undefined: the last lines. */
export type LogPosition = { line: number } | { before: number } | { after: number } | undefined;

export interface LogPage {
  lines: LogRow[];
  /** Whether there are earlier lines. */
  earlier: boolean;
  /** Whether there are later lines. */
  later: boolean;
}

/** Costs the same however long the log is. */
export async function readLogPage(
  db: Kysely<Schema>,
  jobId: string,
  position: LogPosition,
  minLevel?: MinLevel,
): Promise<LogPage> {
  const read = (range: LineRange, limit: number) => readRange(db, jobId, range, limit, minLevel);
  if (position && "line" in position) {
    const half = linesPerPage / 2;
    const before = await read({ below: position.line }, half + 1);
    const from = await read({ from: position.line }, half + 1);
    const lines = [...before.slice(-half), ...from.slice(0, half)];
    return { lines, earlier: before.length > half, later: from.length > half };
  }
  if (position && "after" in position) {
    const lines = await read({ from: position.after + 1 }, linesPerPage + 1);
    const later = lines.length > linesPerPage;
    return { lines: lines.slice(0, linesPerPage), earlier: position.after > 0, later };
  }
  const lines = await read(position ? { below: position.before } : {}, linesPerPage + 1);
  const earlier = lines.length > linesPerPage;
  return { lines: lines.slice(-linesPerPage), earlier, later: position !== undefined };
}

/** Reads the whole log page by page. */
export async function* streamLog(
  db: Kysely<Schema>,
  jobId: string,
  minLevel?: MinLevel,
): AsyncGenerator<LogRow[]> {
  for (let from = 1; ; ) {
    const lines = await readRange(db, jobId, { from }, linesPerPage, minLevel);
    if (lines.length > 0) yield lines;
    if (lines.length < linesPerPage) return;
    from = lines.at(-1)!.seq + 1;
  }
}

const notInfo = sql<boolean>`level <> 'info'`;

/** With `from` the first lines from that number on; otherwise the last lines, all of them `below` it. */
type LineRange = { from?: number; below?: number };

async function readRange(
  db: Kysely<Schema>,
  jobId: string,
  { from, below }: LineRange,
  limit: number,
  minLevel: MinLevel | undefined,
): Promise<LogRow[]> {
  const readLevel = (level?: LogRow["level"]) => {
    let lines = db.selectFrom("job_logs").selectAll().where("job_id", "=", jobId);
    // `notInfo` is redundant, but lets the database use the partial index.
    if (level) lines = lines.where("level", "=", level).where(notInfo);
    if (from !== undefined) lines = lines.where("seq", ">=", from);
    if (below !== undefined) lines = lines.where("seq", "<", below);
    return lines
      .orderBy("seq", from === undefined ? "desc" : "asc")
      .limit(limit)
      .execute();
  };
  const read = minLevel ? await Promise.all(levels[minLevel].map(readLevel)) : [await readLevel()];
  const lines = read.flat().sort((a, b) => a.seq - b.seq);
  return from === undefined ? lines.slice(-limit) : lines.slice(0, limit);
}

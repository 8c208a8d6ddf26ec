/** The log of a job as it is read: by pages of lines, from any place, of all levels or some. */
import { type Kysely, sql } from "kysely";
import type { LogRow, Schema } from "../backend/schema.ts";

/** Lines that a page is given at most, when it opens or comes back. */
export const linesPerPage = 1_000;

/** Least that is shown; without it all lines are. */
export type MinLevel = "warn" | "error";

/** Notes say that lines were dropped, which may have been of any level. */
const levels: Record<MinLevel, LogRow["level"][]> = {
  warn: ["warn", "error", "note"],
  error: ["error", "note"],
};

/** The lines around one, those before or behind one, or else the last ones. */
export type LogPosition = { line: number } | { before: number } | { after: number } | undefined;

export interface LogPage {
  lines: LogRow[];
  /** Whether there are earlier and later ones. */
  earlier: boolean;
  later: boolean;
}

/** At most a page is read of each range, however long the log is. */
export async function readLogPage(
  db: Kysely<Schema>,
  jobId: string,
  place: LogPosition,
  least?: MinLevel,
): Promise<LogPage> {
  const read = (range: LineRange, most: number) => readRange(db, jobId, range, most, least);
  if (place && "line" in place) {
    const half = linesPerPage / 2;
    const before = await read({ below: place.line }, half + 1);
    const from = await read({ from: place.line }, half + 1);
    const lines = [...before.slice(-half), ...from.slice(0, half)];
    return { lines, earlier: before.length > half, later: from.length > half };
  }
  if (place && "after" in place) {
    const lines = await read({ from: place.after + 1 }, linesPerPage + 1);
    const later = lines.length > linesPerPage;
    return { lines: lines.slice(0, linesPerPage), earlier: place.after > 0, later };
  }
  const lines = await read(place ? { below: place.before } : {}, linesPerPage + 1);
  const earlier = lines.length > linesPerPage;
  return { lines: lines.slice(-linesPerPage), earlier, later: place !== undefined };
}

/** All lines there are by now, in pieces. */
export async function* streamLog(
  db: Kysely<Schema>,
  jobId: string,
  least?: MinLevel,
): AsyncGenerator<LogRow[]> {
  for (let from = 1; ; ) {
    const lines = await readRange(db, jobId, { from }, linesPerPage, least);
    if (lines.length > 0) yield lines;
    if (lines.length < linesPerPage) return;
    from = lines.at(-1)!.seq + 1;
  }
}

const notInfo = sql<boolean>`level <> 'info'`;

/** The first from a number on, or the last of those below one or of all. */
type LineRange = { from?: number; below?: number };

async function readRange(
  db: Kysely<Schema>,
  jobId: string,
  { from, below }: LineRange,
  most: number,
  least: MinLevel | undefined,
): Promise<LogRow[]> {
  const ofLevel = (level?: LogRow["level"]) => {
    let lines = db.selectFrom("job_logs").selectAll().where("job_id", "=", jobId);
    // The index is of these alone, and a planner takes it where it reads that.
    if (level) lines = lines.where("level", "=", level).where(notInfo);
    if (from !== undefined) lines = lines.where("seq", ">=", from);
    if (below !== undefined) lines = lines.where("seq", "<", below);
    return lines
      .orderBy("seq", from === undefined ? "desc" : "asc")
      .limit(most)
      .execute();
  };
  const read = least ? await Promise.all(levels[least].map(ofLevel)) : [await ofLevel()];
  const lines = read.flat().sort((a, b) => a.seq - b.seq);
  return from === undefined ? lines.slice(-most) : lines.slice(0, most);
}

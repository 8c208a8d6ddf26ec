/** Reads the text that jobs write with `job.output`. */
import type { Backend } from "../backend/backend.ts";

type Database = Backend["db"];

/** Positions and lengths are in UTF-16 units. */
export interface OutputPart {
  /** The position of `text`; more than what was asked for if that was too long. */
  from: number;
  text: string;
  /** The length of the whole text, as far as it is written. */
  length: number;
}

/** A page shows the end of a longer text. */
export const maxShownLength = 20_000;
/** The length of the text in one row. */
export const maxPieceLength = 64_000;
const piecesPerRead = 500;
/** The largest number of a column of Postgres. */
const maxInteger = 2_147_483_647;

/** @returns the text behind a position, or the last `maxShownLength` of it */
export async function readOutput(db: Database, id: string, after: number): Promise<OutputPart> {
  const pieces: string[] = [];
  let length: number | undefined;
  let from = Number.POSITIVE_INFINITY;
  while (from > after && (length === undefined || length - from < maxShownLength)) {
    const rows = await db
      .selectFrom("job_output")
      .select(["position", "length", "text"])
      .where("job_id", "=", id)
      .where("position", ">", after - maxPieceLength)
      .where("position", "<", Math.min(from, maxInteger))
      .orderBy("position", "desc")
      .limit(piecesPerRead)
      .execute();
    if (rows.length === 0) break;
    length ??= rows[0]!.position + rows[0]!.length;
    for (const row of rows) {
      pieces.push(row.text);
      from = row.position;
      if (from <= after || length - from >= maxShownLength) break;
    }
  }
  if (length === undefined) return { from: after, text: "", length: after };
  const text = pieces.reverse().join("");
  const start = Math.max(after, length - maxShownLength, from);
  const shown = text.slice(start - from);
  // The cut may be in the middle of a character.
  return { from: start, text: shown.toWellFormed(), length };
}

/** Yields the text behind a position piece by piece. */
export async function* streamOutput(
  db: Database,
  id: string,
  from: number,
): AsyncGenerator<string> {
  // The position may be within a piece.
  let after = from - maxPieceLength;
  for (;;) {
    const rows = await db
      .selectFrom("job_output")
      .select(["position", "text"])
      .where("job_id", "=", id)
      .where("position", ">", after)
      .orderBy("position")
      .limit(piecesPerRead)
      .execute();
    for (const { position, text } of rows) yield text.slice(Math.max(0, from - position));
    if (rows.length < piecesPerRead) return;
    after = rows.at(-1)!.position;
  }
}

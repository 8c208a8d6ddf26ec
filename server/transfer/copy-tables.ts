/** Copies tables from one database to another in pieces, each of which commits with a bookmark. */
import type { Cell, TableShape, TableTransfer } from "../backend/table-transfer.ts";

/** Rows of a piece: about this many bytes. */
const pieceBytes = 4_000_000;
const pieceRows = { first: 100, max: 20_000 };

/** How far each table is copied, by its name. */
export type Progress = Record<string, { after: Cell[] | null; rows: number; done: boolean }>;

/**
 * Goes on behind the bookmarks in `progress`, and moves them.
 * @param options.onPiece called after each piece with the rows of its table so far
 */
export async function copyTables(options: {
  from: TableTransfer;
  to: TableTransfer;
  shapes: readonly TableShape[];
  progress: Progress;
  onPiece?: (table: string, rows: number) => void;
}): Promise<void> {
  const { from, to, shapes, progress, onPiece = () => {} } = options;
  for (const shape of shapes) {
    const keyAt = shape.key.map((name) =>
      shape.columns.findIndex((column) => column.name === name),
    );
    progress[shape.name] ??= { after: null, rows: 0, done: false };
    if (progress[shape.name]!.done) continue;
    let limit = pieceRows.first;
    let rows = await from.read(shape, progress[shape.name]!.after, limit);
    for (;;) {
      const { after, rows: before } = progress[shape.name]!;
      const last = rows.at(-1);
      const key = last ? keyAt.map((at) => last[at]!) : after;
      const done = rows.length < limit;
      progress[shape.name] = { after: key, rows: before + rows.length, done };
      limit = nextLimit(rows);
      // One database reads the next piece while the other writes this one.
      const [reading, writing] = await Promise.allSettled([
        done ? [] : from.read(shape, key, limit),
        to.insert(shape, rows, JSON.stringify(progress)),
      ]);
      // Waits for both before it fails: SQLite cannot close a file that it reads, and would say only that.
      if (writing.status === "rejected") throw writing.reason;
      if (reading.status === "rejected") throw reading.reason;
      onPiece(shape.name, before + rows.length);
      if (done) break;
      rows = reading.value;
    }
  }
}

function nextLimit(rows: readonly Cell[][]): number {
  let bytes = 0;
  for (const row of rows) for (const cell of row) bytes += sizeOf(cell);
  const perRow = Math.max(1, bytes / Math.max(1, rows.length));
  return Math.max(1, Math.min(pieceRows.max, Math.floor(pieceBytes / perRow)));
}

function sizeOf(cell: Cell): number {
  return cell === null || typeof cell === "number" ? 8 : cell.length;
}

export interface Comparison {
  table: string;
  rows: number;
  /** Null if the other database has the same rows, or a sentence. */
  difference: string | null;
}

/** Compares the number of rows and their checksum, table by table. */
export async function compareTables(options: {
  from: TableTransfer;
  to: TableTransfer;
  shapes: readonly TableShape[];
}): Promise<Comparison[]> {
  const { from, to, shapes } = options;
  const found: Comparison[] = [];
  for (const shape of shapes) {
    const [source, target] = await Promise.all([from.sum(shape), to.sum(shape)]);
    found.push({
      table: shape.name,
      rows: source.rows,
      difference: differenceOf(shape.name, source, target),
    });
  }
  return found;
}

function differenceOf(
  name: string,
  source: { rows: number; sum: bigint },
  target: { rows: number; sum: bigint },
): string | null {
  if (source.rows !== target.rows)
    return `${name} has ${target.rows} rows instead of ${source.rows}`;
  return source.sum === target.sum ? null : `${name} has other values in its ${source.rows} rows`;
}

/** @throws an error that names the values which the target cannot store */
export async function refuseUnportable(
  from: TableTransfer,
  shapes: readonly TableShape[],
): Promise<void> {
  const found: string[] = [];
  for (const shape of shapes) found.push(...(await from.findUnportable(shape)));
  if (found.length === 0) return;
  throw new Error(
    `Postgres cannot store these values (null characters, or other types than their column has):\n  ${found.join("\n  ")}`,
  );
}

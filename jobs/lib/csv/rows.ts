/** Reads the rows of a CSV file piece by piece, and goes on from the end of any piece. */
import { type ByteSource, Refused } from "../../../server/job.ts";
import { number } from "../amounts.ts";
import type { Cursor, Format } from "./format.ts";
import { parseBytes } from "./parse-bytes.ts";
import { inPieces } from "./pieces.ts";

export interface ReadOptions {
  /** The cursor of the last piece that was dealt with. Default: the start of the file. */
  from?: Cursor;
  /** Bytes read at a time, about. Default 1 MB. */
  pieceBytes?: number;
  /** The longest cell there may be, in characters. Default 1,000,000. */
  maxCell?: number;
}

/** Rows that follow each other; never none. */
export interface Piece {
  rows: string[][];
  /** The row number of each, counted from 1 as a spreadsheet does: header and blank rows count. */
  numbers: number[];
  /** The place behind them. */
  cursor: Cursor;
  /** Bytes of the file up to there. */
  done: number;
}

const MB = 1_000_000;
/** A row may be this many times as long as a cell. */
const CELLS_PER_ROW = 16;
const CLOSE_IT = "Check the quotes: a cell that starts with one must end with one.";

/**
 * Never holds more than a piece and one row. Rows without any text are left out, but numbered.
 * @throws Refused at a cell or row that is too long, and at a quote that is never closed
 */
export async function* readRows(
  source: ByteSource,
  format: Format,
  { from, pieceBytes = MB, maxCell = MB }: ReadOptions = {},
): AsyncGenerator<Piece, void, undefined> {
  let { byte, row } = from ?? format.start;
  let headerAhead = format.hasHeader && byte <= format.start.byte;
  let left: Buffer = Buffer.alloc(0);

  // Closes the file also where the reader stops early, or a row is refused.
  await using pieces = inPieces(source.read(byte), pieceBytes);
  for (let whole = false; !whole; ) {
    const next = await pieces.next();
    whole = next.done === true;
    const bytes = next.done
      ? left
      : left.length === 0
        ? next.value
        : Buffer.concat([left, next.value]);
    const parsed = parseBytes(bytes, format.encoding, format, whole);
    const piece: Piece = { rows: [], numbers: [], cursor: { byte, row }, done: byte };
    for (const cells of parsed.rows) {
      row++;
      if (isBlank(cells)) continue;
      if (bytes.length > maxCell) refuseLongCell(cells, row, maxCell);
      if (headerAhead) headerAhead = false;
      else {
        piece.rows.push(cells);
        piece.numbers.push(row);
      }
    }
    byte += parsed.cut;
    left = bytes.subarray(parsed.cut);
    piece.cursor = { byte, row };
    piece.done = byte;
    if (piece.rows.length > 0) yield piece;

    if (parsed.open && (whole || (parsed.pending > maxCell && !(await anyQuote(pieces)))))
      throw new Refused(`Row ${number(row + 1)}: a quote is opened and never closed`, CLOSE_IT);
    if (parsed.pending > maxCell) throw tooLong(row + 1, "a cell is", maxCell);
    if (left.length > maxCell * CELLS_PER_ROW)
      throw tooLong(row + 1, "it is", maxCell * CELLS_PER_ROW);
  }
}

/** Lines of delimiters only, as spreadsheets leave them below a table, are no rows. */
function isBlank(cells: string[]): boolean {
  for (const cell of cells) if (cell !== "" && cell.trim() !== "") return false;
  return true;
}

function refuseLongCell(cells: string[], row: number, maxCell: number): void {
  for (const cell of cells) if (cell.length > maxCell) throw tooLong(row, "a cell is", maxCell);
}

function tooLong(row: number, what: string, limit: number): Refused {
  const size = limit >= MB ? `${limit / MB} MB` : `${number(limit)} characters`;
  return new Refused(`Row ${number(row)}: ${what} longer than ${size}`, CLOSE_IT);
}

/** Whether the rest of the file holds a quote that may close the cell: long, or never closed? */
async function anyQuote(pieces: AsyncIterable<Buffer>): Promise<boolean> {
  for await (const piece of pieces) if (piece.includes('"')) return true;
  return false;
}

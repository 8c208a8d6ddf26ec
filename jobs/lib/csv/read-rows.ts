/** Reads the rows of a CSV file piece by piece; reading can continue after any piece. */
import { type ByteSource, Refused } from "../../../server/job.ts";
import { formatNumber } from "../numbers.ts";
import { readAhead } from "../read-ahead.ts";
import type { CsvFormat, FilePosition } from "./format.ts";
import { parseBytes, UNREADABLE } from "./parse-bytes.ts";
import { rechunk } from "./rechunk.ts";

export interface ReadOptions {
  /** The cursor of the last piece processed. Default: the start of the file. */
  from?: FilePosition;
  /** Approximate bytes per piece. Default 1 MB. */
  pieceBytes?: number;
  /** Maximum length of a cell, in characters. Default 1,000,000. */
  maxCell?: number;
  /** True for the beginning of a longer file, whose last row is not complete. Default false. */
  isPart?: boolean;
}

/** One or more consecutive rows. */
export interface RowPiece {
  rows: string[][];
  /** The number of each row, from 1, counting header and blank rows as a spreadsheet does. */
  numbers: number[];
  /** The position after the last row. */
  cursor: FilePosition;
  /** Bytes of the file up to that position. */
  bytesRead: number;
  /** Rows in which a quote was read as a character, a cell has many lines, or letters are lost. */
  suspects: { row: number; problem: "stray-quote" | "many-lines" | "unreadable" }[];
}

const MB = 1_000_000;
/** Maximum length of a row, in maximum cells. */
const maxCellsPerRow = 16;
const closeQuoteAdvice = "Check the quotes: a cell that starts with one must end with one.";

/**
 * Holds at most one piece and one row. Skips rows without text but counts them.
 * @throws Refused if a cell or row is too long, or a quote is never closed
 */
export async function* readRows(
  source: ByteSource,
  format: CsvFormat,
  { from, pieceBytes = MB, maxCell = MB, isPart = false }: ReadOptions = {},
): AsyncGenerator<RowPiece, void, undefined> {
  let { byte, row } = from ?? format.start;
  let headerAhead = format.hasHeader && byte <= format.start.byte;
  let unparsed: Buffer = Buffer.alloc(0);

  // Closes the file even if the reader stops early or a row is refused.
  await using pieces = rechunk(readAhead(source.read(byte)), pieceBytes);
  for (let hasEnded = false; !hasEnded; ) {
    const next = await pieces.next();
    hasEnded = next.done === true;
    const whole = hasEnded && !isPart;
    const bytes = next.done
      ? unparsed
      : unparsed.length === 0
        ? next.value
        : Buffer.concat([unparsed, next.value]);
    const parsed = parseBytes(bytes, format.encoding, format, whole);
    const piece: RowPiece = {
      rows: [],
      numbers: [],
      cursor: { byte, row },
      bytesRead: byte,
      suspects: parsed.strayQuotes.map((at) => ({ row: row + at + 1, problem: "stray-quote" })),
    };
    for (const cells of parsed.rows) {
      row++;
      if (isBlank(cells)) continue;
      if (bytes.length > maxCell) refuseLongCell(cells, row, maxCell);
      if (headerAhead) {
        headerAhead = false;
        continue;
      }
      if (!format.isGenerated && hasManyLines(cells))
        piece.suspects.push({ row, problem: "many-lines" });
      if (parsed.hasUnreadable && cells.some((cell) => UNREADABLE.test(cell)))
        piece.suspects.push({ row, problem: "unreadable" });
      for (const each of format.isAddressList ? listRecipients(cells) : [cells]) {
        piece.rows.push(each);
        piece.numbers.push(row);
      }
    }
    byte += parsed.cut;
    unparsed = bytes.subarray(parsed.cut);
    piece.cursor = { byte, row };
    piece.bytesRead = byte;
    if (piece.rows.length > 0) yield piece;

    if (parsed.hasOpenQuote && (whole || (parsed.pending > maxCell && !(await hasQuote(pieces)))))
      throw new Refused(
        `Row ${formatNumber(row + 1)}: a quote is opened and never closed`,
        closeQuoteAdvice,
      );
    if (parsed.pending > maxCell) throw tooLong(row + 1, "a cell is", maxCell);
    if (unparsed.length > maxCell * maxCellsPerRow)
      throw tooLong(row + 1, "it is", maxCell * maxCellsPerRow);
  }
}

/** Notes of a few lines are common; one of this many may have swallowed rows. */
const manyLines = 20;

function hasManyLines(cells: readonly string[]): boolean {
  for (const cell of cells) {
    if (!cell.includes("\n")) continue;
    if (cell.split("\n", manyLines + 1).length > manyLines) return true;
  }
  return false;
}

/** Each recipient of a pasted list is a row of its own; some lists have only blanks between them. */
function listRecipients(cells: readonly string[]): string[][] {
  return cells.flatMap((cell) => {
    const words = cell.trim().split(/\s+/);
    if (words.length > 1 && words.every((word) => word.includes("@")))
      return words.map((word) => [word]);
    return isBlank([cell]) ? [] : [[cell]];
  });
}

/** Spreadsheets leave lines of delimiters only below a table. */
function isBlank(cells: string[]): boolean {
  for (const cell of cells) if (cell !== "" && cell.trim() !== "") return false;
  return true;
}

function refuseLongCell(cells: string[], row: number, maxCell: number): void {
  for (const cell of cells) if (cell.length > maxCell) throw tooLong(row, "a cell is", maxCell);
}

function tooLong(row: number, what: string, limit: number): Refused {
  const size = limit >= MB ? `${limit / MB} MB` : `${formatNumber(limit)} characters`;
  return new Refused(`Row ${formatNumber(row)}: ${what} longer than ${size}`, closeQuoteAdvice);
}

/** Tells a long cell from a quote that is never closed: whether the rest of the file contains a quote. */
async function hasQuote(pieces: AsyncIterable<Buffer>): Promise<boolean> {
  for await (const piece of pieces) if (piece.includes('"')) return true;
  return false;
}

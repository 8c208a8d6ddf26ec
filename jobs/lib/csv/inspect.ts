/** Looks at the beginning of a CSV file: how it is written, and what its first rows hold. */
import { type ByteSource, Refused } from "../../../server/job.ts";
import { detectDialect } from "./dialect.ts";
import { detectEncoding } from "./encoding.ts";
import type { Format } from "./format.ts";
import { looksLikeHeader } from "./header.ts";
import { inPieces } from "./pieces.ts";
import { readRows } from "./rows.ts";

export interface Inspection extends Format {
  /** The names of the columns, "Column 3" where there is none; long ones are cut short. */
  header: string[];
  /** The first rows below the header, for showing: long cells are cut short. */
  sample: string[][];
}

const SAMPLE_BYTES = 256_000;
/** Rows that the guess about the header looks at. */
const GUESS_ROWS = 20;
/** As long as a name or a cell of the sample may be. */
const SHOWN = 200;
const COLUMNS = 1000;
const ADVICE = "Upload a CSV file with one person per row.";

/**
 * Reads no more than the first 256 kB, but for a row that is longer than that.
 * @param options.rows how many rows the sample holds; default 5
 * @param options.hasHeader what the person says, where the guess was wrong
 * @throws Refused where the file is empty, has no rows, is no CSV file, or cannot be read
 */
export async function inspect(
  source: ByteSource,
  { rows = 5, hasHeader }: { rows?: number; hasHeader?: boolean } = {},
): Promise<Inspection> {
  const beginning = await firstBytes(source);
  const { encoding, bom } = detectEncoding(beginning, source.name);
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(beginning.subarray(bom));

  const hint = /^sep=([,;\t|])(\r\n?|\n)/.exec(text);
  const dialect = detectDialect(hint ? text.slice(hint[0].length) : text);
  if (hint) dialect.delimiter = hint[1] as Format["delimiter"];
  const unit = encoding.startsWith("utf-16") ? 2 : 1;
  const start = { byte: bom + (hint ? hint[0].length * unit : 0), row: hint ? 1 : 0 };

  const format: Format = { encoding, ...dialect, start, hasHeader: false };
  const table = await firstRows(source, format, Math.max(rows + 1, GUESS_ROWS));
  if (table.length === 0) throw new Refused(`${source.name} is empty`, ADVICE);
  format.hasHeader = hasHeader ?? looksLikeHeader(table);
  const names = format.hasHeader ? table.shift() : undefined;
  if (table.length === 0) throw new Refused(`${source.name} has a header but no rows`, ADVICE);

  const sample = table.slice(0, rows).map((cells) => cells.map(shortened));
  const width = Math.max(names?.length ?? 0, ...sample.map((cells) => cells.length));
  if (width > COLUMNS) throw new Refused(`${source.name} has more than ${COLUMNS} columns`, ADVICE);
  const header = Array.from({ length: width }, (_, column) => {
    return shortened(names?.[column]?.trim() || `Column ${column + 1}`);
  });
  return { ...format, header, sample };
}

async function firstBytes(source: ByteSource): Promise<Buffer> {
  for await (const piece of inPieces(source.read(), SAMPLE_BYTES)) return piece;
  return Buffer.alloc(0);
}

async function firstRows(source: ByteSource, format: Format, wanted: number): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const piece of readRows(source, format, { pieceBytes: SAMPLE_BYTES })) {
    rows.push(...piece.rows.slice(0, wanted - rows.length));
    if (rows.length >= wanted) break;
  }
  return rows;
}

function shortened(cell: string): string {
  return cell.length > SHOWN ? `${cell.slice(0, SHOWN - 1)}…`.toWellFormed() : cell;
}

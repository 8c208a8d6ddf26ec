/** Inspects the beginning of a CSV file: its format, header and first rows. */
import { type ByteSource, Refused } from "../../../server/job.ts";
import { detectDialect } from "./detect-dialect.ts";
import { detectEncoding } from "./detect-encoding.ts";
import { looksLikeHeader } from "./detect-header.ts";
import type { CsvFormat } from "./format.ts";
import { readRows } from "./read-rows.ts";
import { rechunk } from "./rechunk.ts";

export interface CsvInspection extends CsvFormat {
  /** Column names, "Column 3" where there is none; long ones are truncated. */
  header: string[];
  /** The first rows below the header, for display: long cells are truncated. */
  sample: string[][];
}

const sampleBytes = 256_000;
/** Rows that the detection of the header reads. */
const headerGuessRows = 20;
/** Characters of a column name or a cell of the sample. */
const maxSampleCell = 200;
const maxColumns = 1000;
const ADVICE = "Upload a CSV file with one person per row.";

/**
 * Reads the first 256 kB only, except where a single row is longer.
 * @param options.rows rows in the sample; default 5
 * @param options.hasHeader overrides the detection of the header
 * @throws Refused if the file is empty, has no rows, is not a CSV file, or cannot be read
 */
export async function inspectCsv(
  source: ByteSource,
  { rows = 5, hasHeader }: { rows?: number; hasHeader?: boolean } = {},
): Promise<CsvInspection> {
  const beginning = await readFirstBytes(source);
  const { encoding, bom } = detectEncoding(beginning, source.name);
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(beginning.subarray(bom));

  const hint = /^sep=([,;\t|])(\r\n?|\n)/.exec(text);
  const dialect = detectDialect(hint ? text.slice(hint[0].length) : text);
  if (hint) dialect.delimiter = hint[1] as CsvFormat["delimiter"];
  const unit = encoding.startsWith("utf-16") ? 2 : 1;
  const start = { byte: bom + (hint ? hint[0].length * unit : 0), row: hint ? 1 : 0 };

  const format: CsvFormat = { encoding, ...dialect, start, hasHeader: false };
  const table = await readFirstRows(source, format, Math.max(rows + 1, headerGuessRows));
  if (table.length === 0) throw new Refused(`${source.name} is empty`, ADVICE);
  format.hasHeader = hasHeader ?? looksLikeHeader(table);
  const names = format.hasHeader ? table.shift() : undefined;
  if (table.length === 0) throw new Refused(`${source.name} has a header but no rows`, ADVICE);

  const sample = table.slice(0, rows).map((cells) => cells.map(truncate));
  const width = Math.max(names?.length ?? 0, ...sample.map((cells) => cells.length));
  if (width > maxColumns)
    throw new Refused(`${source.name} has more than ${maxColumns} columns`, ADVICE);
  const header = Array.from({ length: width }, (_, column) => {
    return truncate(names?.[column]?.trim() || `Column ${column + 1}`);
  });
  return { ...format, header, sample };
}

async function readFirstBytes(source: ByteSource): Promise<Buffer> {
  for await (const piece of rechunk(source.read(), sampleBytes)) return piece;
  return Buffer.alloc(0);
}

async function readFirstRows(
  source: ByteSource,
  format: CsvFormat,
  count: number,
): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const piece of readRows(source, format, { pieceBytes: sampleBytes })) {
    rows.push(...piece.rows.slice(0, count - rows.length));
    if (rows.length >= count) break;
  }
  return rows;
}

function truncate(cell: string): string {
  return cell.length > maxSampleCell ? `${cell.slice(0, maxSampleCell - 1)}…`.toWellFormed() : cell;
}

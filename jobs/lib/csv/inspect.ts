/** Inspects the beginning of a CSV file: its format, header and first rows. */
import { type ByteSource, Refused } from "../../../server/job.ts";
import { detectFormat, type FormatChoices, formatOfGenerated } from "./detect-format.ts";
import { type CountKnownNames, countNoteRows, looksLikeHeader } from "./detect-table.ts";
import type { CsvFormat } from "./format.ts";
import { unescapeFormula } from "./formulas.ts";
import { parseBytes } from "./parse-bytes.ts";
import { readRows } from "./read-rows.ts";
import { rechunk } from "./rechunk.ts";

export interface CsvInspection extends CsvFormat {
  /** Column names, "Column 3" where there is none; long ones are truncated. */
  header: string[];
  /** The cells of the header row, blank ones included; 0 without a header. */
  headerCells: number;
  /** The first rows below the header, for display: long cells are truncated. */
  sample: string[][];
}

export interface InspectOptions extends FormatChoices {
  /** Rows in the sample. Default 5. */
  rows?: number;
  /** True for UTF-8 text with commas that a program of ours wrote. Default false. */
  isGenerated?: boolean;
  /** True for the beginning of a longer file. Default false. */
  isPart?: boolean;
  /** Recognises the header by names that the caller knows. */
  countKnownNames?: CountKnownNames;
}

const sampleBytes = 256_000;
/** Rows that the detection of the header reads. */
const headerGuessRows = 20;
/** Rows above and at the beginning of the table that the detection of the table reads. */
const tableGuessRows = 40;
/** Characters of a column name or a cell of the sample. */
const maxSampleCell = 200;
/** The columns of a sheet in Excel. */
const maxColumns = 16_384;
const ADVICE = "Upload a file with one person per row.";
const PART_ADVICE = "Remove blank lines above the table, and check that its quotes are closed.";

/**
 * Reads the first 256 kB only, except where a single row is longer or to detect the encoding.
 * @throws Refused if the file is empty, has no rows, is not a CSV file, or cannot be read
 */
export async function inspectCsv(
  source: ByteSource,
  {
    rows = 5,
    isGenerated = false,
    isPart = false,
    countKnownNames = () => 0,
    ...choices
  }: InspectOptions = {},
): Promise<CsvInspection> {
  const beginning = await readFirstBytes(source);
  const { format, usualWidth } = isGenerated
    ? formatOfGenerated(beginning)
    : await detectFormat(source, beginning, choices);
  const { encoding, start: hintEnd } = format;
  const bytes = beginning.subarray(hintEnd.byte);
  const whole = beginning.length < sampleBytes;
  const parse = (maxRows: number) => parseBytes(bytes, encoding, format, whole, { maxRows });
  const first = parse(tableGuessRows).rows;
  const noteRows =
    choices.startRow === undefined
      ? countNoteRows(first, usualWidth, countKnownNames)
      : Math.max(0, choices.startRow - 1 - hintEnd.row);
  if (noteRows > 0) {
    format.start = { byte: hintEnd.byte + parse(noteRows).cut, row: hintEnd.row + noteRows };
  }

  const noRows = (problem: string) =>
    isPart
      ? new Refused(`${source.name} has no row in its first MB`, PART_ADVICE)
      : new Refused(`${source.name} ${problem}`, ADVICE);
  const readFirst = (wanted: number) => readFirstRows(source, format, wanted, isPart);
  const table = await readFirst(Math.max(rows + 1, headerGuessRows));
  if (table.length === 0) throw noRows("is empty");
  if (isAddressList(table)) {
    format.isAddressList = true;
    const people = await readFirst(rows);
    return {
      ...format,
      header: ["Column 1"],
      headerCells: 0,
      sample: people.map((cells) => cells.map(truncate)),
    };
  }
  format.hasHeader = choices.hasHeader ?? looksLikeHeader(table, countKnownNames);
  const names = format.hasHeader ? table.shift() : undefined;
  if (table.length === 0) throw noRows("has a header but no rows");

  const sample = table.slice(0, rows).map((cells) => cells.map(truncate));
  const width = Math.max(filledWidth(names ?? []), ...sample.map(filledWidth));
  if (width > maxColumns)
    throw new Refused(`${source.name} has more than ${maxColumns} columns`, ADVICE);
  const header = Array.from({ length: width }, (_, column) => {
    return truncate(unescapeFormula(names?.[column] ?? "").trim() || `Column ${column + 1}`);
  });
  return {
    ...format,
    header,
    headerCells: names?.length ?? 0,
    sample: sample.map((cells) => cells.slice(0, width)),
  };
}

/** Sheets are saved with empty columns to the right, up to the last one of Excel. */
function filledWidth(cells: readonly string[]): number {
  return cells.findLastIndex((cell) => cell.trim() !== "") + 1;
}

/** Few rows with many addresses each: recipients pasted from a mail, not a table of people. */
function isAddressList(table: readonly string[][]): boolean {
  const cells = table.flat().filter((cell) => cell.trim() !== "");
  const withAddress = cells.filter((cell) => cell.includes("@"));
  const addresses = withAddress.flatMap((cell) => cell.split("@").slice(1));
  if (isWrappedList(table) && withAddress.length === cells.length) return true;
  return addresses.length >= 3 * table.length && withAddress.length >= 0.7 * cells.length;
}

/** Each line but the last ends with the delimiter, as where an editor broke a long list. */
function isWrappedList(table: readonly string[][]): boolean {
  const endsOpen = (cells: readonly string[] | undefined) => cells?.at(-1)?.trim() === "";
  const isBroken = table.length > 1 && table.slice(0, -1).every(endsOpen);
  return isBroken && (!endsOpen(table.at(-1)) || new Set(table.map(filledWidth)).size > 1);
}

async function readFirstBytes(source: ByteSource): Promise<Buffer> {
  for await (const piece of rechunk(source.read(), sampleBytes)) return piece;
  return Buffer.alloc(0);
}

async function readFirstRows(
  source: ByteSource,
  format: CsvFormat,
  wanted: number,
  isPart: boolean,
): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const piece of readRows(source, format, { pieceBytes: sampleBytes, isPart })) {
    rows.push(...piece.rows.slice(0, wanted - rows.length));
    if (rows.length >= wanted) break;
  }
  return rows;
}

function truncate(cell: string): string {
  return cell.length > maxSampleCell ? `${cell.slice(0, maxSampleCell - 1)}…`.toWellFormed() : cell;
}

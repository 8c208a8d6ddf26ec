/** Looks through the rows of a file, or through the first of them, before a job starts. */
import type { CsvInspection } from "../csv/inspect.ts";
import { readRows } from "../csv/read-rows.ts";
import { formatCount, formatNumber } from "../numbers.ts";
import type { TableSource } from "../tables/table.ts";

export interface ScannedRows {
  /** "12 rows" of a file that was read whole, else an estimate: "about 98,000 rows". */
  size: string;
  isWhole: boolean;
  /** The numbers of rows with letters that could not be decoded. */
  unreadable: number[];
  /** The first rows, to try the mapping on. */
  first: NumberedRow[];
  /** Whether `first` has all rows of the file. */
  hasAllRows: boolean;
}

export interface NumberedRow {
  cells: string[];
  row: number;
}

const sampleBytes = 256_000;
/** Spreadsheets are slower to read than text. */
const maxGeneratedBytes = 256_000;
/** Limits of the rows to try the mapping on, which takes a few microseconds a row. */
const maxFirstRows = 5_000;
const maxFirstCells = 500_000;
/** Rows that are tried of a file that is not read whole. */
const maxSampledRows = 1_000;

/** @param isPart the source ends before its file does */
export async function scanRows(
  source: TableSource,
  inspection: CsvInspection,
  isPart = false,
): Promise<ScannedRows> {
  const { start } = inspection;
  const progressAt = source.progressAt ?? ((byte: number) => byte);
  const isReadWhole = source.isGenerated ? source.size <= maxGeneratedBytes : !isPart;
  const unreadable: number[] = [];
  const first: NumberedRow[] = [];
  let counted = 0;
  let cellCount = 0;
  for await (const { rows, numbers, suspects, bytesRead } of readRows(source, inspection, {
    pieceBytes: sampleBytes,
    isPart,
  })) {
    counted += rows.length;
    for (let at = 0; at < rows.length; at++) {
      cellCount += rows[at]!.length;
      if (first.length === maxFirstRows || cellCount > maxFirstCells) break;
      first.push({ cells: rows[at]!, row: numbers[at]! });
    }
    for (const { row, problem } of suspects) if (problem === "unreadable") unreadable.push(row);
    // The last row of a file may come in a piece of its own.
    const share = progressAt(bytesRead) / source.size;
    if (isReadWhole || share === 1) continue;
    const expected = counted / ((share * (bytesRead - start.byte)) / bytesRead);
    const rounded = formatNumber(Math.round(Number(expected.toPrecision(2))));
    return {
      size: `about ${rounded} rows`,
      ...{ isWhole: false, hasAllRows: false, unreadable },
      first: first.slice(0, maxSampledRows),
    };
  }
  const hasAllRows = first.length === counted;
  return { size: formatCount(counted, "row"), isWhole: true, hasAllRows, unreadable, first };
}

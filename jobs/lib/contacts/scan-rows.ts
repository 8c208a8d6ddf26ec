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
}

const sampleBytes = 256_000;
/** A text of this size takes a tenth of a second; spreadsheets are slower. */
const maxWholeBytes = 5_000_000;

export async function scanRows(
  source: TableSource,
  inspection: CsvInspection,
): Promise<ScannedRows> {
  const { start } = inspection;
  const progressAt = source.progressAt ?? ((byte: number) => byte);
  const wholeBytes = source.isGenerated ? sampleBytes : maxWholeBytes;
  const unreadable: number[] = [];
  let counted = 0;
  for await (const { rows, suspects, bytesRead } of readRows(source, inspection, {
    pieceBytes: sampleBytes,
  })) {
    counted += rows.length;
    for (const { row, problem } of suspects) if (problem === "unreadable") unreadable.push(row);
    // The last row of a file may come in a piece of its own.
    const share = progressAt(bytesRead) / source.size;
    if (source.size <= wholeBytes || share === 1) continue;
    const expected = counted / ((share * (bytesRead - start.byte)) / bytesRead);
    const rounded = formatNumber(Math.round(Number(expected.toPrecision(2))));
    return { size: `about ${rounded} rows`, isWhole: false, unreadable };
  }
  return { size: formatCount(counted, "row"), isWhole: true, unreadable };
}

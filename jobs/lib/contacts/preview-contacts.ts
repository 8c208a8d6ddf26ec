/** Previews an uploaded file for the page that maps its columns. */
import type { ByteSource, FilePreview } from "../../../server/job.ts";
import { delimiterLabels, delimiterName, encodingNames } from "../csv/format.ts";
import type { CsvInspection } from "../csv/inspect.ts";
import { readRows } from "../csv/read-rows.ts";
import { formatCount, formatNumber } from "../numbers.ts";
import { inspectContacts } from "./contacts-file.ts";
import { parseReadingFields } from "./reading-fields.ts";

const maxPreviewRows = 5;
const sampleBytes = 256_000;

/** @throws Refused if the file cannot be read */
export async function previewContacts(
  source: ByteSource,
  values: Readonly<Record<string, unknown>>,
): Promise<FilePreview> {
  const { inspection, mapping } = await inspectContacts(source, parseReadingFields(values));
  const { encoding, delimiter, hasHeader, header, sample, start } = inspection;
  return {
    size: await estimateRowCount(source, inspection),
    facts: [
      { label: "Encoding", value: encodingNames[encoding] },
      { label: "Delimiter", value: delimiterLabels[delimiterName(delimiter)] },
    ],
    columns: header.map((name, column) => ({ header: name, holds: mapping[column] ?? "" })),
    rows: sample.slice(0, maxPreviewRows),
    suggested: {
      encoding,
      delimiter: delimiterName(delimiter),
      start_row: String(start.row + 1),
      first_row: hasHeader ? "names" : "contact",
    },
  };
}

/** "12 rows" of a small file, else an estimate from its first rows: "about 98,000 rows". */
async function estimateRowCount(source: ByteSource, inspection: CsvInspection): Promise<string> {
  let counted = 0;
  for await (const { rows, bytesRead: done } of readRows(source, inspection, {
    pieceBytes: sampleBytes,
  })) {
    counted += rows.length;
    // A small file is counted whole; its last row may come in a piece of its own.
    if (source.size <= sampleBytes) continue;
    const expected = (counted / (done - inspection.start.byte)) * source.size;
    return `about ${formatNumber(Math.round(Number(expected.toPrecision(2))))} rows`;
  }
  return formatCount(counted, "row");
}

/** Previews an uploaded file for the page that maps its columns. */
import type { ByteSource, FilePreview } from "../../../server/job.ts";
import type { CsvInspection } from "../csv/inspect.ts";
import { readRows } from "../csv/read-rows.ts";
import { formatCount, formatNumber } from "../numbers.ts";
import { inspectContacts, type ReadChoices } from "./contacts-file.ts";

const maxPreviewRows = 5;
const sampleBytes = 256_000;

const encodingNames = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16, big-endian",
  "windows-1252": "Windows-1252",
};
const delimiterNames = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar" };

/** @throws Refused if the file cannot be read */
export async function previewContacts(
  source: ByteSource,
  { first_row }: Readonly<Record<string, unknown>>,
): Promise<FilePreview> {
  const known = first_row === "names" || first_row === "contact" ? first_row : undefined;
  const reading: ReadChoices = { first_row: known };
  const { inspection, mapping } = await inspectContacts(source, reading);
  const { encoding, delimiter, hasHeader, header, sample } = inspection;
  return {
    size: await estimateRowCount(source, inspection),
    facts: [
      { label: "Encoding", value: encodingNames[encoding] },
      { label: "Delimiter", value: delimiterNames[delimiter] },
    ],
    columns: header.map((name, column) => ({ header: name, holds: mapping[column] ?? "" })),
    rows: sample.slice(0, maxPreviewRows),
    suggested: { first_row: hasHeader ? "names" : "contact" },
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

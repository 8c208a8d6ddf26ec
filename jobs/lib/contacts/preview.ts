/** What the page shows where an uploaded file is mapped to fields. */
import type { ByteSource, FilePreview } from "../../../server/job.ts";
import { amount, number } from "../amounts.ts";
import type { Inspection } from "../csv/inspect.ts";
import { readRows } from "../csv/rows.ts";
import { inspectContacts, type Reading } from "./open.ts";

const SHOWN = 5;
const SAMPLE_BYTES = 256_000;

const encodings = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16, big-endian",
  "windows-1252": "Windows-1252",
};
const delimiters = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar" };

/** @throws Refused where the file cannot be read */
export async function previewContacts(
  source: ByteSource,
  { first_row }: Readonly<Record<string, unknown>>,
): Promise<FilePreview> {
  const known = first_row === "names" || first_row === "contact" ? first_row : undefined;
  const reading: Reading = { first_row: known };
  const { inspection, mapping } = await inspectContacts(source, reading);
  const { encoding, delimiter, hasHeader, header, sample } = inspection;
  return {
    size: await rowsIn(source, inspection),
    facts: [
      { label: "Encoding", value: encodings[encoding] },
      { label: "Delimiter", value: delimiters[delimiter] },
    ],
    columns: header.map((name, column) => ({ header: name, holds: mapping[column] ?? "" })),
    rows: sample.slice(0, SHOWN),
    suggested: { first_row: hasHeader ? "names" : "contact" },
  };
}

/** "12 rows" of a small file, else what the first of them let expect: "about 98,000 rows". */
async function rowsIn(source: ByteSource, inspection: Inspection): Promise<string> {
  let counted = 0;
  for await (const { rows, done } of readRows(source, inspection, { pieceBytes: SAMPLE_BYTES })) {
    counted += rows.length;
    // The last row of a small file may come by itself, where no line end is behind it.
    if (source.size <= SAMPLE_BYTES) continue;
    const expected = (counted / (done - inspection.start.byte)) * source.size;
    return `about ${number(Math.round(Number(expected.toPrecision(2))))} rows`;
  }
  return amount(counted, "row");
}

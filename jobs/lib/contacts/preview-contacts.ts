/** Previews an uploaded file for the page that maps its columns. */
import type { ByteSource, FilePreview } from "../../../server/job.ts";
import { delimiterLabels, delimiterName, encodingNames } from "../csv/format.ts";
import type { CsvInspection } from "../csv/inspect.ts";
import { readRows } from "../csv/read-rows.ts";
import { formatCount, formatNumber } from "../numbers.ts";
import { openTable } from "../tables/open-table.ts";
import type { Table, TableSource } from "../tables/table.ts";
import { inspectContacts } from "./contacts-file.ts";
import { parseReadingFields } from "./reading-fields.ts";

const maxPreviewRows = 5;
const sampleBytes = 256_000;

/** @throws Refused if the file cannot be read */
export async function previewContacts(
  upload: ByteSource,
  values: Readonly<Record<string, unknown>>,
): Promise<FilePreview> {
  const reading = parseReadingFields(values);
  const table = await openTable(upload, reading.sheet);
  const { inspection, mapping } = await inspectContacts(table.source, reading);
  const { encoding, delimiter, hasHeader, header, sample, start } = inspection;
  return {
    size: await estimateRowCount(table.source, inspection),
    facts: factsOf(table, inspection),
    choices: choicesOf(table),
    columns: header.map((name, column) => ({ header: name, holds: mapping[column] ?? "" })),
    rows: sample.slice(0, maxPreviewRows),
    suggested: {
      encoding,
      delimiter: delimiterName(delimiter),
      ...(table.sheet === undefined ? {} : { sheet: table.sheet }),
      start_row: String(start.row + 1),
      first_row: hasHeader ? "names" : "contact",
    },
  };
}

function factsOf({ source }: Table, { encoding, delimiter }: CsvInspection): FilePreview["facts"] {
  if (source.isGenerated) return [];
  return [
    { label: "Encoding", value: encodingNames[encoding] },
    { label: "Delimiter", value: delimiterLabels[delimiterName(delimiter)] },
  ];
}

/** Spreadsheets and address books have neither encoding nor delimiter. */
function choicesOf({ source, sheets }: Table): FilePreview["choices"] {
  const options = sheets.map(({ name, isHidden }) => {
    return { value: name, label: isHidden ? `${name} (hidden)` : name };
  });
  return {
    sheet: options.length > 1 ? options : [],
    ...(source.isGenerated ? { encoding: [], delimiter: [] } : {}),
  };
}

/** "12 rows" of a small file, else an estimate from its first rows: "about 98,000 rows". */
async function estimateRowCount(source: TableSource, inspection: CsvInspection): Promise<string> {
  const { start } = inspection;
  const progressAt = source.progressAt ?? ((byte: number) => byte);
  let counted = 0;
  for await (const { rows, bytesRead } of readRows(source, inspection, {
    pieceBytes: sampleBytes,
  })) {
    counted += rows.length;
    // A small file is counted whole; its last row may come in a piece of its own.
    const share = progressAt(bytesRead) / source.size;
    if (source.size <= sampleBytes || share === 1) continue;
    const tableShare = (share * (bytesRead - start.byte)) / bytesRead;
    const expected = counted / tableShare;
    return `about ${formatNumber(Math.round(Number(expected.toPrecision(2))))} rows`;
  }
  return formatCount(counted, "row");
}

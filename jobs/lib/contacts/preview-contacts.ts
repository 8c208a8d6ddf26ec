/** Previews an uploaded file for the page that maps its columns. */
import { isAscii } from "node:buffer";
import type { ByteSource, FilePreview } from "../../../server/job.ts";
import { delimiterLabels, delimiterName, encodingNames } from "../csv/format.ts";
import type { CsvInspection } from "../csv/inspect.ts";
import { formatNumber } from "../numbers.ts";
import { openTable } from "../tables/open-table.ts";
import { onlyHead, previewedBytes, readHead, withHead } from "../tables/read-head.ts";
import type { Table, TableSource } from "../tables/table.ts";
import { inspectContacts } from "./contacts-file.ts";
import type { Mapping } from "./fields.ts";
import { parseReadingFields } from "./reading-fields.ts";
import { type NumberedRow, type ScannedRows, scanRows } from "./scan-rows.ts";
import { tryMapping } from "./try-mapping.ts";

const maxPreviewRows = 5;
const maxListedRows = 10;
const maxSamples = 3;
const maxSampleLength = 200;

/**
 * Reads the first megabyte of a file, and of a spreadsheet what its format needs.
 * @throws Refused if the file cannot be read, or its first megabyte has no row
 */
export async function previewContacts(
  upload: ByteSource,
  values: Readonly<Record<string, unknown>>,
): Promise<FilePreview> {
  const reading = parseReadingFields(values);
  const opened = await openTable(withHead(upload, await readHead(upload, previewedBytes)), {
    sheet: reading.sheet,
    isPreview: true,
  });
  const { source, isPart, isCertain } = await limitText(opened.source);
  const table = { ...opened, source };
  const { inspection, mapping } = await inspectContacts(source, reading, { isPart });
  const { encoding, delimiter, hasHeader, header, sample, start } = inspection;
  const scanned = await scanRows(source, inspection, isPart);
  const samples = findSamples(scanned.first, header.length);
  return {
    size: scanned.size,
    warnings: warningsOf(scanned, inspection),
    facts: factsOf(table, inspection),
    choices: choicesOf(table),
    columns: header.map((name, column) => {
      return { header: name, holds: mapping[column] ?? "", samples: samples[column] ?? [] };
    }),
    rows: sample.slice(0, maxPreviewRows),
    suggested: {
      ...(isCertain && { encoding }),
      delimiter: delimiterName(delimiter),
      ...(table.sheet === undefined ? {} : { sheet: table.sheet }),
      start_row: String(start.row + 1),
      first_row: hasHeader ? "names" : "contact",
    },
    tryMapping: (given) => tryMapping(given as Mapping, scanned, inspection),
  };
}

/**
 * Limits a text to its beginning, however few rows that has.
 * @returns `isCertain`: false if only a later part can tell the encoding, which the job then detects
 */
async function limitText(
  source: TableSource,
): Promise<{ source: TableSource; isPart: boolean; isCertain: boolean }> {
  if (source.isGenerated) return { source, isPart: source.isPart ?? false, isCertain: true };
  const head = await readHead(source, previewedBytes);
  const isPart = head.length === previewedBytes && head.length < source.size;
  return { source: onlyHead(source, head), isPart, isCertain: !isPart || !isAscii(head) };
}

/** @returns the first values of each column; none for one that is empty as far as the file was read */
function findSamples(rows: readonly NumberedRow[], width: number): string[][] {
  const samples = Array.from({ length: width }, (): string[] => []);
  for (const { cells } of rows) {
    for (let column = 0; column < Math.min(width, cells.length); column++) {
      const found = samples[column]!;
      if (found.length === maxSamples) continue;
      const cell = cells[column]!.trim().slice(0, maxSampleLength).toWellFormed();
      if (cell !== "" && !found.includes(cell)) found.push(cell);
    }
  }
  return samples;
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

/** Letters that were lost tell of a wrong encoding, or were lost before. */
function warningsOf(
  { unreadable, isWhole }: ScannedRows,
  { encoding, isGenerated }: CsvInspection,
): string[] {
  if (unreadable.length === 0) return [];
  const rows = unreadable.slice(0, maxListedRows).map(formatNumber).join(", ");
  const more = unreadable.length > maxListedRows || !isWhole ? " …" : "";
  const named = unreadable.length === 1 ? `Row ${rows} has` : `Rows ${rows}${more} have`;
  if (isGenerated) return [`${named} letters that were lost before the file was saved.`];
  return [
    `${named} letters that can’t be read as ${encodingNames[encoding]}. If names look wrong below, choose another encoding.`,
  ];
}

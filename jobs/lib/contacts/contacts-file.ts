/** Opens a file of contacts: detects its format and turns its rows into contacts. */
import type { ByteSource } from "../../../server/job.ts";
import type { FormatChoices } from "../csv/detect-format.ts";
import { type DelimiterName, delimiters, type Encoding } from "../csv/format.ts";
import { type CsvInspection, type InspectOptions, inspectCsv } from "../csv/inspect.ts";
import { openTable } from "../tables/open-table.ts";
import type { TableSource } from "../tables/table.ts";
import { requireMappedColumns } from "./column-mapping.ts";
import { type ContactParser, compileMapping } from "./contact-rows.ts";
import type { Mapping } from "./fields.ts";
import { countKnownNames, suggestMapping } from "./suggest-mapping.ts";

/** The input of the job as far as it concerns reading; each part overrides what is detected. */
export interface ReadChoices {
  mapping?: Mapping | undefined;
  encoding?: Encoding | undefined;
  delimiter?: DelimiterName | undefined;
  /** The name of a sheet of a workbook. Files without sheets have none. */
  sheet?: string | undefined;
  /** The row in which the table begins, from 1. */
  start_row?: number | undefined;
  first_row?: "names" | "contact" | undefined;
}

export interface ContactsFile {
  source: TableSource;
  inspection: CsvInspection;
  /** The given mapping, or the suggested one. */
  mapping: Mapping;
  parser: ContactParser;
}

/** Rows that the mapping is suggested from: the same for the mapping page and for the job. */
const sampleRows = 20;

/**
 * Deterministic: a job that continues inspects the file again instead of storing the outcome.
 * @param options.isPart the source ends before its file does
 * @throws Refused if the file is not a table or has no rows
 */
export async function inspectContacts(
  source: TableSource,
  { encoding, delimiter, start_row, first_row }: ReadChoices,
  { isPart = false }: Pick<InspectOptions, "isPart"> = {},
): Promise<Pick<ContactsFile, "inspection" | "mapping">> {
  const choices: FormatChoices = {
    encoding,
    delimiter: delimiter && delimiters[delimiter],
    startRow: start_row,
    hasHeader: first_row && first_row === "names",
  };
  const inspection = await inspectCsv(source, {
    ...choices,
    rows: sampleRows,
    isGenerated: source.isGenerated ?? false,
    isPart,
    countKnownNames,
  });
  if (inspection.hasHeader && !inspection.isGenerated) {
    // Cells beyond the header belong to malformed rows.
    inspection.header = inspection.header.slice(0, inspection.headerCells);
    inspection.sample = inspection.sample.map((cells) => cells.slice(0, inspection.headerCells));
  }
  return { inspection, mapping: suggestMapping(inspection.header, inspection.sample) };
}

/** @throws Refused if the file cannot be read, no column holds the email, or the mapping does not fit */
export async function openContacts(
  upload: ByteSource,
  reading: ReadChoices,
): Promise<ContactsFile> {
  const { source } = await openTable(upload, { sheet: reading.sheet });
  const { inspection, mapping: suggested } = await inspectContacts(source, reading);
  const mapping = reading.mapping ?? suggested;
  return { source, inspection, mapping, parser: createParser(mapping, inspection) };
}

/** @throws Refused if no column holds the email, or the mapping does not fit */
export function createParser(mapping: Mapping, inspection: CsvInspection): ContactParser {
  requireMappedColumns(mapping, inspection.header.length);
  const parser = compileMapping(mapping, inspection.header);
  const { isGenerated = false } = inspection;
  const width = (!isGenerated && inspection.headerCells) || inspection.header.length;
  return {
    ...parser,
    parse(cells, row, onNote) {
      if (cells.length > width && hasText(cells, width)) {
        // A cell of a sheet is in its column, whatever stands beside it.
        if (!isGenerated) return tooManyCells;
        onNote?.("beside-table");
      }
      return parser.parse(cells, row, onNote);
    },
  };
}

const tooManyCells = "More cells than the header";

function hasText(cells: readonly string[], from: number): boolean {
  for (let column = from; column < cells.length; column++) {
    if (cells[column]!.trim() !== "") return true;
  }
  return false;
}

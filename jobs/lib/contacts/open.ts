/** A file of contacts, opened: how it is written, and how its rows become contacts. */
import type { ByteSource } from "../../../server/job.ts";
import { type Inspection, inspect } from "../csv/inspect.ts";
import type { Mapping } from "./fields.ts";
import { refuseMissingColumns } from "./mapping.ts";
import { suggestMapping } from "./suggest-mapping.ts";
import { type ContactRow, compileMapping } from "./validate.ts";

export interface Reading {
  /** Default: what the file seems to hold. */
  mapping?: Mapping | undefined;
  /** What the first row is, where the guess is wrong. */
  first_row?: "names" | "contact" | undefined;
}

export interface ContactsFile {
  source: ByteSource;
  inspection: Inspection;
  /** As given, or as suggested. */
  mapping: Mapping;
  /** @returns a contact, or the reason why the row is none */
  read(cells: readonly string[], row: number): ContactRow | string;
}

/** Rows that the mapping is guessed from; the same for the page that shows it and for the job. */
const SAMPLE = 20;

/**
 * The same file and choices give the same reading each time, so a job that goes on need not keep it.
 * @throws Refused where the file is no CSV file, or has no rows
 */
export async function inspectContacts(
  source: ByteSource,
  { first_row }: Reading,
): Promise<Pick<ContactsFile, "inspection" | "mapping">> {
  const hasHeader = first_row && first_row === "names";
  const inspection = await inspect(source, { rows: SAMPLE, hasHeader });
  if (inspection.hasHeader) {
    // What stands beyond the header belongs to rows that are out of step with it.
    const { header } = await inspect(source, { rows: 0, hasHeader: true });
    inspection.header = header;
    inspection.sample = inspection.sample.map((cells) => cells.slice(0, header.length));
  }
  return { inspection, mapping: suggestMapping(inspection.header, inspection.sample) };
}

/** @throws Refused also where no column holds the email, or the mapping does not fit the file */
export async function openContacts(source: ByteSource, reading: Reading): Promise<ContactsFile> {
  const { inspection, mapping: suggested } = await inspectContacts(source, reading);
  const mapping = reading.mapping ?? suggested;
  const width = inspection.header.length;
  refuseMissingColumns(mapping, width);
  const read = compileMapping(mapping);
  return {
    source,
    inspection,
    mapping,
    read: (cells, row) =>
      cells.length > width && hasText(cells, width) ? tooManyCells : read(cells, row),
  };
}

const tooManyCells = "More cells than the header";

function hasText(cells: readonly string[], from: number): boolean {
  for (let column = from; column < cells.length; column++) {
    if (cells[column]!.trim() !== "") return true;
  }
  return false;
}

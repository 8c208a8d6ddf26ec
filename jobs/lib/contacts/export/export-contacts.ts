/** Writes contacts into a file, in pieces, so that an interrupted export continues. */
import { type JobContext, Refused } from "../../../../server/job.ts";
import { formatCount } from "../../numbers.ts";
import { listCustomFields } from "../contact-names.ts";
import { createExportWriter } from "./create-writer.ts";
import { columnsOfFields, customPrefix, defaultFields } from "./export-columns.ts";
import type { ExportOptions } from "./export-options.ts";
import { type ContactPosition, countContacts, listContacts } from "./list-contacts.ts";

/** The cursor of an export. */
export interface ExportProgress extends ContactPosition {
  pieces: number;
  /** Contacts that were read, also those that do not match the filter. */
  read: number;
  /** Contacts written. */
  written: number;
  /** Characters that the encoding does not have. */
  replaced: number;
  /** The columns of all pieces; an import may add a custom field meanwhile. */
  fields: string[];
}

/** Contacts per query; each page becomes one piece of the file. */
const maxPageSize = 2_000;
const firstPageSize = 500;
/** Contacts with long notes come in smaller pages, which bounds the memory. */
const pieceBytes = 1_000_000;

/** @throws Refused if the account has no such field, or the import is unknown */
export async function writeExportPieces(
  job: JobContext,
  options: ExportOptions,
): Promise<ExportProgress> {
  await requireImport(job, options.job_id);
  let exported: ExportProgress = {
    ...{ email: "", batch: -1, pieces: 0, read: 0, written: 0, replaced: 0 },
    fields: await fieldsOf(job, options),
  };
  let pageSize = firstPageSize;
  await job.batches<number, ExportProgress>({
    total: await countContacts(job, options),
    async *from(cursor) {
      exported = cursor ?? exported;
      const writer = createExportWriter(columnsOfFields(exported.fields), options);
      for await (const page of listContacts(job, options, exported, () => pageSize)) {
        const { contacts, position, read } = page;
        const { bytes, replaced } = writer.formatPiece(contacts);
        if (contacts.length > 0) await job.scratch.write(pieceName(exported.pieces), [bytes]);
        exported = {
          ...exported,
          ...position,
          pieces: exported.pieces + (contacts.length > 0 ? 1 : 0),
          read: exported.read + read,
          written: exported.written + contacts.length,
          replaced: exported.replaced + replaced,
        };
        pageSize = nextPageSize(pageSize, bytes.length);
        yield { items: [contacts.length], cursor: exported, done: exported.read };
      }
    },
    write: async ([contacts]) => ({ succeeded: contacts! }),
  });
  return exported;
}

/** Joins the pieces into the result file. */
export async function writeExportFile(
  job: JobContext,
  options: ExportOptions,
  { fields, pieces, written }: ExportProgress,
): Promise<void> {
  const writer = createExportWriter(columnsOfFields(fields), options);
  await job.file({ ...writer.file, items: written }, writer.joinPieces(readPieces()));

  async function* readPieces() {
    for (let number = 0; number < pieces; number++) {
      job.progress(number, pieces);
      yield job.scratch.read(pieceName(number));
    }
  }
}

async function fieldsOf(job: JobContext, { fields }: ExportOptions): Promise<string[]> {
  const customFields = await listCustomFields(job);
  if (!fields) return defaultFields(customFields);
  const known = new Set(customFields.map((name) => customPrefix + name));
  const unknown = fields.find((name) => name.startsWith(customPrefix) && !known.has(name));
  if (unknown === undefined) return fields;
  throw new Refused(
    `No contact has the field “${unknown.slice(customPrefix.length)}”`,
    "Choose from the fields of your contacts.",
  );
}

/** The person must be allowed to see the import. */
async function requireImport(job: JobContext, id: string | undefined): Promise<void> {
  if (!id || (await job.jobs.get(id))?.kind === "contact_import") return;
  throw new Refused("Import not found", "Choose one of your imports.");
}

function nextPageSize(size: number, bytes: number): number {
  const fitting = bytes === 0 ? maxPageSize : Math.floor((size * pieceBytes) / bytes);
  return Math.max(1, Math.min(maxPageSize, fitting, 4 * size));
}

/** "Exported 1,204 contacts; 3 characters that the encoding does not have became “?”" */
export function exportedMessage({ written, replaced }: ExportProgress): string {
  const exported = `Exported ${formatCount(written, "contact")}`;
  if (replaced === 0) return exported;
  return `${exported}; ${formatCount(replaced, "character")} that the encoding does not have became “?”`;
}

function pieceName(number: number): string {
  return `contacts-${number}`;
}

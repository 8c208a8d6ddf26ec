import { z } from "zod";
import { defineJob, upload } from "../server/job.ts";
import { columnMapping } from "./lib/contacts/column-mapping.ts";
import { addContactNames } from "./lib/contacts/contact-names.ts";
import { openContacts, type ReadChoices } from "./lib/contacts/contacts-file.ts";
import {
  cancelledMessage,
  foundMessage,
  importedMessage,
  mappingMessage,
} from "./lib/contacts/messages.ts";
import { previewContacts } from "./lib/contacts/preview-contacts.ts";
import { type ReadProgress, readContacts, runNames } from "./lib/contacts/read-contacts.ts";
import { readingFields } from "./lib/contacts/reading-fields.ts";
import { writeRejectedRows } from "./lib/contacts/rejected-rows.ts";
import { saveContacts } from "./lib/contacts/save-contacts.ts";
import { delimiterName } from "./lib/csv/format.ts";
import { tableFileTypes } from "./lib/tables/file-types.ts";

/**
 * Adds the people of a file to the account's contacts. The job reads and validates the whole file
 * before it saves the first contact, so a broken file changes nothing.
 */
export default defineJob({
  title: "Import contacts",
  description: "Add contacts from a spreadsheet, CSV file or address book.",
  icon: "import",
  input: z.object({
    upload_id: upload(...tableFileTypes).meta({
      label: "File of contacts",
      help: "Excel, OpenDocument, vCard or CSV, also in a ZIP. One person per row, with an email column.",
    }),
    mapping: columnMapping.optional(),
    ...readingFields.shape,
    duplicates: z
      .enum(["update", "skip"])
      .default("update")
      .meta({
        label: "Existing contacts",
        options: { update: "Update", skip: "Keep as they are" },
        help: "Empty cells never overwrite existing values.",
      }),
  }),
  steps: { "Reading the file": 1, "Saving contacts": 3 },
  unit: "rows",
  resultLabel: "View imported contacts",
  allRejectedLabel: "Nothing imported",
  stepUnits: { "Reading the file": "bytes" },
  timeout: "2h",
  dedicatedRunner: true,
  preview: previewContacts,
  // The rejected rows alone may suggest another mapping, so their import keeps the original one.
  // The file of rejected rows always has a header.
  inputForRejected(input, value) {
    const read = value("Reading the file") as Pick<ReadChoices, "mapping" | "delimiter">;
    const { mapping = input.mapping, delimiter = input.delimiter } = read;
    const format = { encoding: "utf-8", delimiter, start_row: 1, first_row: "names" } as const;
    return { ...input, ...format, sheet: undefined, mapping };
  },
  followUps: {
    undo: {
      kind: "contact_undo",
      label: "Undo this import",
      icon: "refresh",
      confirmation: {
        heading: "Undo this import?",
        text: "Contacts that it created are removed, and values that it changed are restored. Contacts that were changed since stay as they are and are listed.",
      },
      input: ({ id, subject }) => ({ job_id: id, subject }),
    },
  },
  cancelledMessage: (job) =>
    cancelledMessage(job.counts, job.stepResult<ReadProgress>("Reading the file")?.contacts),
  async run(job, { upload_id, duplicates, ...reading }) {
    const file = await openContacts(await job.open(upload_id), reading);
    const read = await job.step("Reading the file", async () => {
      const read = await readContacts(job, file, undefined, (contacts) =>
        job.expect("Saving contacts", contacts),
      );
      await writeRejectedRows(job, file, read.rejected);
      job.log(mappingMessage(file));
      job.log(foundMessage(read.contacts, job.counts.rejected));
      const delimiter = delimiterName(file.inspection.delimiter);
      return { ...read, mapping: file.mapping, delimiter };
    });
    if (read.contacts > 0) await job.offer("undo");
    await job.step("Saving contacts", async () => {
      await addContactNames(job, read);
      await saveContacts(job, runNames(read), { total: read.contacts, duplicates });
    });
    return { message: importedMessage(job.counts), page: `/contacts?job=${job.id}` };
  },
});

import { z } from "zod";
import { defineJob, upload } from "../server/job.ts";
import { columnMapping } from "./lib/contacts/column-mapping.ts";
import { type ContactsFile, openContacts } from "./lib/contacts/contacts-file.ts";
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

/**
 * Adds the people of a CSV file to the account's contacts. The job reads and validates the whole file
 * before it saves the first contact, so a broken file changes nothing.
 */
export default defineJob({
  title: "Import contacts",
  description: "Add contacts from a CSV file.",
  icon: "import",
  input: z.object({
    upload_id: upload("text/csv", "text/plain", "text/tab-separated-values", ".csv").meta({
      label: "CSV file",
      help: "One person per row, with an email column. Any encoding and delimiter.",
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
  steps: { "Reading the file": 4, "Saving contacts": 6 },
  unit: "rows",
  resultLabel: "View imported contacts",
  allRejectedLabel: "Nothing imported",
  stepUnits: { "Reading the file": "bytes" },
  timeout: "2h",
  dedicatedRunner: true,
  preview: previewContacts,
  // The rejected rows alone may suggest another mapping, so their import keeps the original one.
  // The file of rejected rows always has a header.
  inputForRejected: (input, value) => ({
    ...input,
    encoding: "utf-8" as const,
    start_row: 1,
    mapping: (value("Reading the file") as Partial<ContactsFile>).mapping ?? input.mapping,
    first_row: "names" as const,
  }),
  cancelledMessage: (job) =>
    cancelledMessage(job.counts, job.stepResult<ReadProgress>("Reading the file")?.contacts),
  async run(job, { upload_id, duplicates, ...reading }) {
    const file = await openContacts(await job.open(upload_id), reading);
    const read = await job.step("Reading the file", async () => {
      const read = await readContacts(job, file);
      await writeRejectedRows(job, file, read.rejected);
      job.log(mappingMessage(file));
      job.log(foundMessage(read.contacts, job.counts.rejected));
      return { ...read, mapping: file.mapping };
    });
    await job.step("Saving contacts", () =>
      saveContacts(job, runNames(read), { total: read.contacts, duplicates }),
    );
    return { message: importedMessage(job.counts), page: `/contacts?job=${job.id}` };
  },
});

import { z } from "zod";
import { defineJob, upload } from "../server/job.ts";
import { columnMapping } from "./lib/contacts/mapping.ts";
import { type ContactsFile, openContacts } from "./lib/contacts/open.ts";
import { previewContacts } from "./lib/contacts/preview.ts";
import { type Read, readContacts, runNames } from "./lib/contacts/reading.ts";
import { keepRejected } from "./lib/contacts/rejected-rows.ts";
import { saveContacts } from "./lib/contacts/saving.ts";
import { fieldsText, foundText, imported, keptOf } from "./lib/contacts/sentences.ts";

/**
 * Brings the people of a CSV file into the audience. The whole file is read and checked before the
 * first contact is saved, so a file that turns out to be broken changes nothing.
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
    first_row: z
      .enum(["names", "contact"])
      .optional()
      .meta({
        label: "First row is",
        options: { names: "Column names", contact: "A contact" },
      }),
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
  alone: true,
  preview: previewContacts,
  // What was guessed of the whole file may not show in the rows that were wrong, and their file has
  // names above its columns in any case.
  inputForRejected: (input, value) => ({
    ...input,
    mapping: (value("Reading the file") as Partial<ContactsFile>).mapping ?? input.mapping,
    first_row: "names" as const,
  }),
  kept: (job) => keptOf(job.counts, job.value<Read>("Reading the file")?.contacts),
  async run(job, { upload_id, mapping, first_row, duplicates }) {
    const file = await openContacts(await job.open(upload_id), { mapping, first_row });
    const read = await job.step("Reading the file", async () => {
      const read = await readContacts(job, file);
      await keepRejected(job, file, read.rejected);
      job.log(fieldsText(file));
      job.log(foundText(read.contacts, job.counts.rejected));
      return { ...read, mapping: file.mapping };
    });
    await job.step("Saving contacts", () =>
      saveContacts(job, runNames(read), { total: read.contacts, duplicates }),
    );
    return { message: imported(job.counts), page: `/contacts?job=${job.id}` };
  },
});

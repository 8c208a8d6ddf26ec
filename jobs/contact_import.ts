import { z } from "zod";
import { defineJob } from "../server/job.ts";
import { takeCheckedContacts } from "./lib/contacts/checked-contacts.ts";
import { importInput } from "./lib/contacts/import-input.ts";
import { cancelledMessage, importedMessage } from "./lib/contacts/messages.ts";
import { previewContacts } from "./lib/contacts/preview-contacts.ts";
import { runNames } from "./lib/contacts/read-contacts.ts";
import {
  columnOfReason,
  inputForRejectedRows,
  type ReadResult,
  readFile,
} from "./lib/contacts/read-step.ts";
import { saveContacts } from "./lib/contacts/save-contacts.ts";

/**
 * Adds the people of a file to the account's contacts. The job reads and validates the whole file
 * before it saves the first contact, so a broken file changes nothing.
 */
export default defineJob({
  title: "Import contacts",
  description: "Add contacts from a spreadsheet, CSV file or address book.",
  icon: "import",
  input: importInput.extend({
    validate_only: z.boolean().default(false).meta({
      button: "Check only",
      help: "Reads the whole file and says what an import would do, without changing a contact.",
    }),
    checked_job: z.string().optional().meta({
      hidden: true,
      job: true,
      label: "Check",
      help: "The check whose contacts are imported; the file is not read again.",
    }),
  }),
  steps: { "Reading the file": 1, "Saving contacts": 2 },
  unit: "rows",
  resultLabel: "View imported contacts",
  nothingDoneLabel: "Nothing imported",
  succeededLabel: "imported",
  stepUnits: { "Reading the file": "bytes" },
  timeout: "2h",
  dedicatedRunner: true,
  runsAs: ({ validate_only }) => (validate_only ? "contact_check" : undefined),
  preview: previewContacts,
  inputForRejected: (input, value) => ({
    ...inputForRejectedRows(input, value),
    checked_job: undefined,
  }),
  rejectedColumn: columnOfReason,
  followUps: {
    undo: {
      kind: "contact_undo",
      label: "Undo this import",
      title: "Undo",
      doneText: "Undone",
      icon: "undo",
      confirmation: {
        heading: "Undo this import?",
        text: "Contacts that it created are removed, and values that it changed are restored. Contacts that were changed since stay as they are and are listed.",
      },
      input: ({ id, subject }) => ({ job_id: id, subject }),
    },
  },
  cancelledMessage: (job) =>
    cancelledMessage(job.counts, job.stepResult<ReadResult>("Reading the file")?.contacts),
  async run(job, { checked_job, ...input }) {
    const read = await job.step("Reading the file", async () => {
      const checked = checked_job && (await takeCheckedContacts(job, checked_job));
      return checked || readFile(job, input, (contacts) => job.expect("Saving contacts", contacts));
    });
    if (read.contacts > 0) await job.offer("undo");
    const saved = await job.step("Saving contacts", () => {
      const { duplicates } = input;
      return saveContacts(job, runNames(read), { total: read.contacts, duplicates, names: read });
    });
    const message = importedMessage(job.counts, saved);
    if (saved.created + saved.updated > 0) return { message, page: `/contacts?job=${job.id}` };
    await job.withdraw("undo");
    return { message };
  },
});

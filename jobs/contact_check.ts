import { defineJob } from "../server/job.ts";
import { compareContacts } from "./lib/contacts/compare-contacts.ts";
import { importInput } from "./lib/contacts/import-input.ts";
import { checkedMessage } from "./lib/contacts/messages.ts";
import { previewContacts } from "./lib/contacts/preview-contacts.ts";
import { columnOfReason, inputForRejectedRows, readFile } from "./lib/contacts/read-step.ts";

/**
 * Reads a file of contacts and compares it with those that the account has, without changing any. The
 * import of the checked contacts goes on from there and does not read the file again.
 */
export default defineJob({
  title: "Check contacts",
  description: "See what an import would do, without changing a contact.",
  icon: "check",
  listed: false,
  input: importInput,
  steps: { "Reading the file": 1, "Comparing with your contacts": 1 },
  unit: "rows",
  nothingDoneLabel: "Nothing to import",
  succeededLabel: "checked",
  stepUnits: { "Reading the file": "bytes" },
  timeout: "2h",
  keepFilesFor: "72h",
  dedicatedRunner: true,
  preview: previewContacts,
  inputForRejected: inputForRejectedRows,
  rejectedColumn: columnOfReason,
  followUps: {
    import: {
      kind: "contact_import",
      label: "Import these",
      title: "Import",
      doneText: "Imported",
      icon: "import",
      input: ({ id, input }) => ({ ...input, checked_job: id }),
    },
  },
  async run(job, input) {
    const read = await job.step("Reading the file", () => readFile(job, input));
    const found = await job.step("Comparing with your contacts", () =>
      compareContacts(job, read, input.duplicates),
    );
    if (found.created + found.updated > 0) await job.offer("import");
    return { message: checkedMessage(found, job.counts.rejected) };
  },
});

import { defineJob } from "../server/job.ts";
import { exportChoices } from "./lib/contacts/export/export-choices.ts";
import {
  exportedMessage,
  writeExportFile,
  writeExportPieces,
} from "./lib/contacts/export/export-contacts.ts";
import { exportOptions } from "./lib/contacts/export/export-options.ts";

/** Writes contacts into a file that opens in Excel and that an import reads back unchanged. */
export default defineJob({
  title: "Export contacts",
  description: "Download all or some of your contacts for Excel or another program.",
  icon: "export",
  input: exportOptions,
  choices: exportChoices,
  steps: { "Reading contacts": 3, "Writing the file": 1 },
  unit: "contacts",
  timeout: "2h",
  dedicatedRunner: true,
  async run(job, options) {
    const exported = await job.step("Reading contacts", () => writeExportPieces(job, options));
    await job.step("Writing the file", () => writeExportFile(job, options, exported));
    return { message: exportedMessage(exported) };
  },
});

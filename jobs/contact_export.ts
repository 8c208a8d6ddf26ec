import { z } from "zod";
import { defineJob } from "../server/job.ts";
import { writeExport, writeExportPieces } from "./lib/contacts/export-contacts.ts";
import { formatCount } from "./lib/numbers.ts";

/** Writes contacts as a CSV file that opens in Excel and that an import reads back unchanged. */
export default defineJob({
  title: "Export contacts",
  description: "Download all or some of your contacts as CSV.",
  icon: "export",
  input: z.object({
    prefix: z
      .string()
      .trim()
      .toLowerCase()
      .max(254, "Use at most 254 characters")
      .default("")
      .meta({ label: "Email starts with", help: "Leave empty to export all contacts." }),
  }),
  steps: { "Reading contacts": 19, "Writing the file": 1 },
  unit: "contacts",
  timeout: "2h",
  dedicatedRunner: true,
  async run(job, { prefix }) {
    const { pieces } = await job.step("Reading contacts", () => writeExportPieces(job, prefix));
    await job.step("Writing the file", () => writeExport(job, pieces));
    return { message: `Exported ${formatCount(job.counts.succeeded, "contact")}` };
  },
});

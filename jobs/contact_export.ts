import { z } from "zod";
import { defineJob } from "../server/job.ts";
import { amount } from "./lib/amounts.ts";
import { keepExport, writePieces } from "./lib/contacts/exporting.ts";

/** The audience as a CSV file that opens in Excel and that an import reads back as it was. */
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
  alone: true,
  async run(job, { prefix }) {
    const { pieces } = await job.step("Reading contacts", () => writePieces(job, prefix));
    await job.step("Writing the file", () => keepExport(job, pieces));
    return { message: `Exported ${amount(job.counts.succeeded, "contact")}` };
  },
});

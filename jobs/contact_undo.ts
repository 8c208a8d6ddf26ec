import { z } from "zod";
import { defineJob, Refused } from "../server/job.ts";
import { writeChangedSince } from "./lib/contacts/changed-since.ts";
import { undoneMessage } from "./lib/contacts/messages.ts";
import { undoChanges } from "./lib/contacts/undo-changes.ts";

/**
 * Takes back what an import did to contacts: removes those that it created and restores those that it
 * changed. Contacts that somebody changed since stay as they are, and are listed in a file.
 */
export default defineJob({
  title: "Undo an import",
  description: "Remove the contacts that an import created and restore those it changed.",
  icon: "undo",
  listed: false,
  input: z.object({
    job_id: z.string().meta({ label: "Import", job: true }),
    subject: z.string().nullish().meta({ label: "File" }),
  }),
  subject: ({ subject }) => subject ?? "",
  steps: { "Undoing changes": 19, "Listing later changes": 1 },
  unit: "contacts",
  timeout: "2h",
  dedicatedRunner: true,
  resultLabel: "View the import",
  nothingDoneLabel: "Nothing undone",
  succeededLabel: "undone",
  async run(job, { job_id }) {
    const undone = await job.jobs.get(job_id);
    if (!undone)
      throw new Refused("The import no longer exists", "Its contacts can't be restored any more.");
    if (!undone.isFinished)
      throw new Refused("The import is still active", "Undo it once it has ended.");
    await job.step("Undoing changes", () => undoChanges(job, job_id));
    await job.step("Listing later changes", async () => {
      if (job.counts.skipped > 0) await writeChangedSince(job, job_id);
    });
    return { message: undoneMessage(job.counts), page: `/jobs/${job_id}` };
  },
});

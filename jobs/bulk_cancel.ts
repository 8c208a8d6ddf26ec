import { defineJob } from "../server/job.ts";
import { bulkJob, processJobs } from "./lib/bulk-jobs.ts";
import { formatNumber } from "./lib/numbers.ts";

export default defineJob({
  ...bulkJob,
  title: "Cancel jobs",
  description: "Cancel all matching jobs.",
  icon: "x-circle",
  async run(job, { selection }) {
    const { text, skipped } = await processJobs(job, selection, async (ids) => ({
      changed: await job.jobs.cancel(ids),
    }));
    return {
      message: `Cancelled ${text}${skipped > 0 ? `, ${formatNumber(skipped)} skipped: already finished, or can't be cancelled` : ""}`,
    };
  },
});

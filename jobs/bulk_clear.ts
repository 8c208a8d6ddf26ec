import { defineJob } from "../server/job.ts";
import { bulkJob, processJobs } from "./lib/bulk-jobs.ts";
import { formatNumber } from "./lib/numbers.ts";

export default defineJob({
  ...bulkJob,
  title: "Clear jobs",
  description: "Hide all matching finished jobs from the list.",
  icon: "sparkles",
  async run(job, { selection }) {
    const { text, skipped } = await processJobs(job, selection, async (ids) => ({
      changed: await job.jobs.clear(ids),
    }));
    const skippedText = `, ${formatNumber(skipped)} skipped: still active`;
    return { message: `Cleared ${text} from the list${skipped > 0 ? skippedText : ""}` };
  },
});

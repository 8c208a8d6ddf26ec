import { defineJob } from "../server/job.ts";
import { bulkJob, processJobs } from "./lib/bulk-jobs.ts";
import { formatNumber } from "./lib/numbers.ts";

export default defineJob({
  ...bulkJob,
  title: "Retry jobs",
  description: "Retry all matching finished jobs, each once.",
  icon: "refresh",
  async run(job, { selection }) {
    const { text, skipped } = await processJobs(job, selection, (ids) => job.jobs.retry(ids));
    const skippedText = `, ${formatNumber(skipped)} skipped: already retried, or can't be`;
    return { message: `Retried ${text}${skipped > 0 ? skippedText : ""}` };
  },
});

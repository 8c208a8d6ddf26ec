import { defineJob, type StartLimit } from "../server/job.ts";
import { bulkJob, processJobs } from "./lib/bulk-jobs.ts";
import { formatCount, formatNumber } from "./lib/numbers.ts";

export default defineJob({
  ...bulkJob,
  title: "Retry jobs",
  description: "Retry all matching finished jobs, each once.",
  icon: "refresh",
  async run(job, { selection }) {
    const { text, skipped } = await processJobs(job, selection, async (ids) => {
      const { started, processed, limit } = await job.jobs.retry(ids);
      const wait = limit && { ms: limit.retryAfterMs, reason: limitText(limit) };
      return { changed: started, processed, wait };
    });
    const skippedText = `, ${formatNumber(skipped)} skipped: already retried, or can't be`;
    return { message: `Retried ${text}${skipped > 0 ? skippedText : ""}` };
  },
});

function limitText({ of, max }: StartLimit): string {
  return of === "queued_jobs"
    ? `your account can have ${formatCount(max, "queued job")}`
    : `your account can start ${formatCount(max, "job")} a minute`;
}

import { defineJob } from "../server/job.ts";
import { bulkJob, findJobs, readJobIds } from "./lib/bulk-jobs.ts";
import { formatCount } from "./lib/numbers.ts";

export default defineJob({
  ...bulkJob,
  title: "Download job files",
  description: "Collect the files of all matching jobs in one ZIP archive.",
  icon: "download",
  stepUnits: { "Processing jobs": "bytes" },
  timeout: "6h",
  // The archive is a copy: each job still keeps its own files.
  keepFilesFor: "72h",
  async run(job, { selection }) {
    const total = await findJobs(job, selection);
    const files = await job.step("Processing jobs", async () => {
      const { count, bytes, archive } = await job.jobs.files(await readJobIds(job));
      if (count === 0) return 0;
      await job.file(
        { name: "files.zip", type: "application/zip" },
        withProgress(archive(), bytes),
      );
      return count;
    });
    if (files === 0) return { message: `None of ${formatCount(total, "job")} has a file` };
    return { message: `Collected ${formatCount(files, "file")} of ${formatCount(total, "job")}` };

    /** Compression makes the archive smaller than its files: the bar may end early, never over 100 %. */
    async function* withProgress(chunks: AsyncIterable<Uint8Array>, total: number) {
      let done = 0;
      for await (const chunk of chunks) {
        done += chunk.length;
        job.progress(Math.min(done, total), total);
        yield chunk;
      }
    }
  },
});

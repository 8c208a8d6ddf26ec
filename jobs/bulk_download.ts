import { defineJob } from "../server/job.ts";
import { amount } from "./lib/amounts.ts";
import { common, findJobs, foundJobs } from "./lib/bulk.ts";

export default defineJob({
  ...common,
  title: "Download job files",
  description: "Collect the files of all matching jobs in one ZIP archive.",
  icon: "download",
  stepUnits: { "Processing jobs": "bytes" },
  timeout: "6h",
  // They are there a second time, each with its job.
  keepFilesFor: "72h",
  async run(job, { choice }) {
    const total = await findJobs(job, choice);
    const files = await job.step("Processing jobs", async () => {
      const { count, bytes, archive } = await job.jobs.files(await foundJobs(job));
      if (count === 0) return 0;
      await job.file({ name: "files.zip", type: "application/zip" }, told(archive(), bytes));
      return count;
    });
    if (files === 0) return { message: `None of ${amount(total, "job")} has a file` };
    return { message: `Collected ${amount(files, "file")} of ${amount(total, "job")}` };

    /** Less comes than goes in, so the bar may end early; it never runs over. */
    async function* told(chunks: AsyncIterable<Uint8Array>, most: number) {
      let done = 0;
      for await (const chunk of chunks) {
        done += chunk.length;
        job.progress(Math.min(done, most), most);
        yield chunk;
      }
    }
  },
});

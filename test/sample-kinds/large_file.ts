import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Writes one large result file. */
export default defineJob({
  title: "Large file",
  description: "Writes a file of many megabytes.",
  input: z.object({ megabytes: z.number() }),
  steps: { Writing: 1 },
  retryAfter: ["200ms", "400ms"],
  async run(job, { megabytes }) {
    async function* content() {
      for (let n = 0; n < megabytes; n++) yield Buffer.alloc(1_000_000, "x");
    }
    await job.step("Writing", () => job.file({ name: "large.txt", type: "text/plain" }, content()));
    return { message: `Wrote ${megabytes} MB` };
  },
});

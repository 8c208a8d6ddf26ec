import { appendFile } from "node:fs/promises";
import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Leaves working files behind while it runs, and says where when it cleans up. */
export default defineJob({
  title: "Careful",
  description: "Works with files and cleans up.",
  input: z.object({
    /** A file to which `cleanup` adds a line. */
    evidence: z.string(),
    /** Goes on for this long without a look at the signal, ms. */
    deaf: z.number().default(0),
    fail: z.boolean().default(false),
  }),
  steps: { Working: 1 },
  async run(job, { deaf, fail }) {
    await job.step("Working", async () => {
      await job.scratch.write("half.txt", [Buffer.from("half done")]);
      if (fail) throw new Error("It cannot be done");
      if (deaf > 0) await new Promise((resolve) => setTimeout(resolve, deaf));
      await job.sleep(60_000);
    });
    return { message: "Done" };
  },
  cleanup: (job, { evidence }) => appendFile(evidence, `${job.id}\n`),
});

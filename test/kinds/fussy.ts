import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Takes its time for cleaning up, and says when it begins and when it is done. */
export default defineJob({
  title: "Fussy",
  description: "Cleans up for a long time.",
  input: z.object({
    /** A file to which `cleanup` adds lines. */
    evidence: z.string(),
    /** How long it takes, ms. */
    cleaning: z.number(),
    /** Whether it goes on without a look at its signal. */
    deaf: z.boolean().default(true),
  }),
  steps: { Working: 1 },
  cleanupTimeout: "12s",
  async run(job) {
    await job.step("Working", async () => {
      await job.scratch.write("half.txt", [Buffer.from("half done")]);
      await job.sleep(300_000);
    });
    return { message: "Done" };
  },
  async cleanup(job, { evidence, cleaning, deaf }) {
    await appendFile(evidence, "begun\n");
    if (deaf) await sleep(cleaning);
    else await job.sleep(cleaning);
    await appendFile(evidence, "done\n");
  },
});

import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { holdSlot } from "../support/hold-slot.ts";

/** Records when its slow `cleanup` begins and when it ends. */
export default defineJob({
  title: "Slow cleanup",
  description: "Cleans up for a long time.",
  input: z.object({
    /** `cleanup` appends the lines `begun` and `done` to this file. */
    cleanupLog: z.string(),
    cleanupMs: z.number(),
    /** Whether `cleanup` ignores its abort signal. */
    ignoresSignal: z.boolean().default(true),
  }),
  steps: { Working: 1 },
  cleanupTimeout: "12s",
  async run(job) {
    await job.step("Working", async () => {
      await job.scratch.write("half.txt", [Buffer.from("half done")]);
      await holdSlot(job, 300_000);
    });
    return { message: "Done" };
  },
  async cleanup(job, { cleanupLog, cleanupMs, ignoresSignal }) {
    await appendFile(cleanupLog, "begun\n");
    if (ignoresSignal) await sleep(cleanupMs);
    else await job.sleep(cleanupMs);
    await appendFile(cleanupLog, "done\n");
  },
});

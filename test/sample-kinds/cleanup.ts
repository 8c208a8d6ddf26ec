import { appendFile } from "node:fs/promises";
import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { holdSlot } from "../support/hold-slot.ts";

/** Writes a scratch file, waits a minute and records each call of `cleanup`. */
export default defineJob({
  title: "Cleanup",
  description: "Writes a scratch file and cleans up.",
  input: z.object({
    /** `cleanup` appends the job's id to this file. */
    cleanupLog: z.string(),
    /** The time for which the run ignores its abort signal, ms. */
    ignoreSignalMs: z.number().default(0),
    fail: z.boolean().default(false),
  }),
  steps: { Working: 1 },
  async run(job, { ignoreSignalMs, fail }) {
    await job.step("Working", async () => {
      await job.scratch.write("half.txt", [Buffer.from("half done")]);
      if (fail) throw new Error("It cannot be done");
      if (ignoreSignalMs > 0) await new Promise((resolve) => setTimeout(resolve, ignoreSignalMs));
      await holdSlot(job, 60_000);
    });
    return { message: "Done" };
  },
  cleanup: (job, { cleanupLog }) => appendFile(cleanupLog, `${job.id}\n`),
});

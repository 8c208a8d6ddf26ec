import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Reports progress in a hot loop, then sleeps. */
export default defineJob({
  title: "Frequent progress",
  description: "Reports progress very often.",
  input: z.object({
    calls: z.number(),
    /** The time between the last call and the end of the job, ms. */
    sleepMs: z.number().default(0),
  }),
  steps: { Reporting: 1 },
  async run(job, { calls, sleepMs }) {
    await job.step("Reporting", async () => {
      for (let done = 1; done <= calls; done++) job.progress(done, calls, `At ${done}`);
      await job.sleep(sleepMs);
    });
    return { message: "Reported" };
  },
});

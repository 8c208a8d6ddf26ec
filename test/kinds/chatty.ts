import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Tells of its progress in a hot loop. */
export default defineJob({
  title: "Chatty",
  description: "Calls progress very often.",
  input: z.object({ calls: z.number(), linger: z.number().default(0) }),
  steps: { Talking: 1 },
  async run(job, { calls, linger }) {
    await job.step("Talking", async () => {
      for (let done = 1; done <= calls; done++) job.progress(done, calls, `At ${done}`);
      await job.sleep(linger);
    });
    return { message: "Said it all" };
  },
});

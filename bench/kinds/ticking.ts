import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Makes progress at a steady pace, one of a thousand in a process; its message is the moment, ms. */
export default defineJob({
  title: "Ticking",
  description: "Makes progress at a steady pace.",
  input: z.object({ times: z.number().int(), everyMs: z.number() }),
  steps: { Ticking: 1 },
  listed: false,
  async run(job, { times, everyMs }) {
    await job.step("Ticking", async () => {
      const startedAt = Date.now();
      for (let done = 1; done <= times; done++) {
        // One that was late catches up: none of the updates is left out.
        await job.sleep(Math.max(1, startedAt + done * everyMs - Date.now()));
        job.progress(done, times, String(Date.now()));
      }
    });
    return { message: `${times} times` };
  },
});

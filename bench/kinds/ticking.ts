import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Progresses at a steady pace, as one of a thousand jobs in a process; its message is the time, ms. */
export default defineJob({
  title: "Ticking",
  description: "Progresses at a steady pace.",
  input: z.object({ times: z.number().int(), everyMs: z.number() }),
  steps: { Ticking: 1 },
  listed: false,
  async run(job, { times, everyMs }) {
    await job.step("Ticking", async () => {
      const startedAt = Date.now();
      for (let done = 1; done <= times; done++) {
        // A late call catches up, so that no update is skipped.
        await job.sleep(Math.max(1, startedAt + done * everyMs - Date.now()));
        job.progress(done, times, String(Date.now()));
      }
    });
    return { message: `${times} times` };
  },
});

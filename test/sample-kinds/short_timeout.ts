import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Times out after four seconds of running; time spent paused, queued or asleep does not count. */
export default defineJob({
  title: "Short timeout",
  description: "Times out after four seconds of running.",
  input: z.object({
    batches: z.number(),
    /** The time that each batch takes, ms. */
    batchMs: z.number(),
    /** The time that it sleeps before each batch, ms. */
    sleepMs: z.number().default(0),
  }),
  steps: { Working: 1 },
  timeout: "4s",
  async run(job, { batches, batchMs, sleepMs }) {
    await job.step("Working", () =>
      job.batches({
        total: batches,
        async *from(done: number = 0) {
          for (let next = done + 1; next <= batches; next++) {
            await wait(batchMs, undefined, { signal: job.signal });
            await job.sleep(sleepMs);
            yield { items: [next], cursor: next };
          }
        },
        write: async (items) => ({ succeeded: items.length }),
      }),
    );
    return { message: "Done" };
  },
});

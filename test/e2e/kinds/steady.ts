import { z } from "zod";
import { defineJob } from "../../../server/job.ts";

/** Moves on at a known pace, in checkpoints, and writes a log line at each tenth of them. */
export default defineJob({
  title: "Steady",
  description: "Goes on at a known pace.",
  input: z.object({
    ticks: z.number().int().default(600),
    /** Between two ticks, ms. */
    pace: z.number().int().default(100),
  }),
  steps: { Ticking: 1 },
  unit: "ticks",
  async run(job, { ticks, pace }) {
    await job.step("Ticking", () =>
      job.batches({
        total: ticks,
        async *from(done: number = 0) {
          for (let next = done + 1; next <= ticks; next++) {
            await job.sleep(pace);
            if (next % 10 === 0) job.log(`Passed ${next}`);
            yield { items: [next], cursor: next, message: `At ${next}` };
          }
        },
        write: async (items) => ({ succeeded: items.length }),
      }),
    );
    return { message: `Ticked ${ticks} times` };
  },
});

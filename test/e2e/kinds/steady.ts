import { z } from "zod";
import { defineJob } from "../../../server/job.ts";

/** Moves on at a known pace, in checkpoints, and says so in its log. */
export default defineJob({
  title: "Steady",
  description: "Goes on at a known pace.",
  input: z.object({
    ticks: z.number().int().default(600),
    /** Between two ticks, ms. */
    pace: z.number().int().default(100),
    /** A log line at each of so many ticks. */
    lines: z.number().int().default(10),
  }),
  steps: { Ticking: 1 },
  unit: "ticks",
  async run(job, { ticks, pace, lines }) {
    await job.step("Ticking", () =>
      job.batches({
        total: ticks,
        async *from(done: number = 0) {
          for (let next = done + 1; next <= ticks; next++) {
            await job.sleep(pace);
            if (next % lines === 0) job.log(`Passed ${next}`);
            yield { items: [next], cursor: next, message: `At ${next}` };
          }
        },
        write: async (items) => ({ succeeded: items.length }),
      }),
    );
    return { message: `Ticked ${ticks} times` };
  },
});

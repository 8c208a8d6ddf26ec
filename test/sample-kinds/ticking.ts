import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Progresses at a known pace, with a checkpoint and a message for each tick. */
export default defineJob({
  title: "Ticking",
  description: "Progresses at a known pace.",
  input: z.object({
    ticks: z.number().int().default(600),
    /** The time between two ticks, ms. */
    pace: z.number().int().default(100),
    /** The number of ticks for each log line. */
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

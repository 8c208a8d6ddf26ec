import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Sleeps before each of its batches; a sleep of 10 s or more gives back the slot. */
export default defineJob({
  title: "Napping",
  description: "Sleeps between batches.",
  input: z.object({ naps: z.number().int(), ms: z.number().int() }),
  steps: { Napping: 1 },
  unit: "naps",
  async run(job, { naps, ms }) {
    await job.step("Napping", () =>
      job.batches({
        total: naps,
        async *from(taken: number = 0) {
          for (let next = taken + 1; next <= naps; next++) {
            await job.sleep(ms, "it is tired");
            yield { items: [next], cursor: next };
          }
        },
        write: async (items) => ({ succeeded: items.length }),
      }),
    );
    return { message: `Took ${naps} naps` };
  },
});

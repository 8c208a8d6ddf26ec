import { z } from "zod";
import { defineJob } from "../server/job.ts";

/** The smallest kind: it counts down, and shows how progress and messages travel. */
export default defineJob({
  title: "Countdown",
  description: "Count down from a number, one per second, to see live progress.",
  icon: "clock",
  input: z.object({
    from: z.coerce.number().int().min(1).max(3_600).default(20).meta({ label: "Count down from" }),
  }),
  steps: { "Counting down": 1 },
  unit: "seconds",
  async run(job, { from }) {
    await job.step("Counting down", () =>
      job.batches({
        total: from,
        async *from(counted: number = 0) {
          for (let next = counted + 1; next <= from; next++) {
            await job.sleep(1_000);
            yield { items: [next], cursor: next };
          }
        },
        write: async (items) => ({ succeeded: items.length }),
      }),
    );
    return { message: `Counted down from ${from}` };
  },
});

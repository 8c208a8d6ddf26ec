import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Has four seconds of running time, and takes what it is given. */
export default defineJob({
  title: "Hurry",
  description: "Must end within four seconds of running.",
  input: z.object({ batches: z.number(), each: z.number() }),
  steps: { Hurrying: 1 },
  timeout: "4s",
  async run(job, { batches, each }) {
    await job.step("Hurrying", () =>
      job.batches({
        total: batches,
        async *from(done: number = 0) {
          for (let next = done + 1; next <= batches; next++) {
            await job.sleep(each);
            yield { items: [next], cursor: next };
          }
        },
        write: async (items) => ({ succeeded: items.length }),
      }),
    );
    return { message: "In time" };
  },
});

import { setImmediate as turn } from "node:timers/promises";
import { z } from "zod";
import { defineJob } from "../../server/job.ts";

const callsPerTurn = 100_000;

/** Calls `progress` as often as possible; its result is the time of a call with its share of the writes, ns. */
export default defineJob({
  title: "Hot loop",
  description: "Calls progress as often as it can.",
  input: z.object({ calls: z.number().int(), message: z.boolean() }),
  steps: { Calling: 1 },
  listed: false,
  dedicatedRunner: true,
  async run(job, { calls, message }) {
    const nanoseconds = await job.step("Calling", async () => {
      const startedAt = process.hrtime.bigint();
      for (let done = 0; done < calls; ) {
        const end = Math.min(calls, done + callsPerTurn);
        if (message) while (done < end) job.progress(++done, calls, "Calling");
        else while (done < end) job.progress(++done, calls);
        await turn();
      }
      return Number(process.hrtime.bigint() - startedAt) / calls;
    });
    return { message: nanoseconds.toFixed(2) };
  },
});

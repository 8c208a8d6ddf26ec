import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { holdSlot } from "../support/hold-slot.ts";

/** Has an error that its run never hears of. */
export default defineJob({
  title: "Careless",
  description: "Ignores an error.",
  input: z.object({ how: z.enum(["rejection", "callback"]) }),
  steps: { Working: 1 },
  retryOn: () => true,
  async run(job, { how }) {
    await job.step("Working", async () => {
      if (how === "rejection") void fail();
      else setTimeout(() => JSON.parse("{"), 20);
      await holdSlot(job, 60_000);
    });
    return { message: "Never heard of it" };
  },
});

async function fail(): Promise<never> {
  await wait(20);
  throw new Error("the letter was lost");
}

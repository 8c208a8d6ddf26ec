import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { holdSlot } from "../support/hold-slot.ts";

/** Sleeps for a while in its slot, and stops as soon as it is asked to. */
export default defineJob({
  title: "Sleep",
  description: "Sleeps for a while.",
  input: z.object({ ms: z.number() }),
  steps: { Sleeping: 1 },
  async run(job, { ms }) {
    await job.step("Sleeping", () => holdSlot(job, ms));
    return { message: "Slept" };
  },
});

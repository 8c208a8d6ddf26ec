import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Sleeps for a while, and stops as soon as it is asked to. */
export default defineJob({
  title: "Sleep",
  description: "Sleeps for a while.",
  input: z.object({ ms: z.number() }),
  steps: { Sleeping: 1 },
  async run(job, { ms }) {
    await job.step("Sleeping", () => job.sleep(ms));
    return { message: "Slept" };
  },
});

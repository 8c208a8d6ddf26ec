import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Sleeps, and stops when asked to. */
export default defineJob({
  title: "Nap",
  description: "Sleeps for a while.",
  input: z.object({ ms: z.number() }),
  steps: { Sleeping: 1 },
  async run(job, { ms }) {
    await job.step("Sleeping", () => job.sleep(ms));
    return { message: "Slept" };
  },
});

import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Blocks the event loop for ever, so that no signal reaches it; times out after three seconds. */
export default defineJob({
  title: "Endless loop",
  description: "Loops for ever.",
  input: z.object({}),
  steps: { Looping: 1 },
  timeout: "3s",
  async run(job) {
    await job.step("Looping", async () => {
      await job.sleep(300);
      for (;;);
    });
    return { message: "Left the loop" };
  },
});

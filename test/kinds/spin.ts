import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Keeps the processor for ever and hears nothing. */
export default defineJob({
  title: "Spin",
  description: "Loops for ever.",
  input: z.object({}),
  steps: { Spinning: 1 },
  timeout: "3s",
  async run(job) {
    await job.step("Spinning", async () => {
      await job.sleep(300);
      for (;;);
    });
    return { message: "Never" };
  },
});

import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Takes its process down with it. */
export default defineJob({
  title: "Poison",
  description: "Ends the process that it runs in.",
  input: z.object({ how: z.enum(["kill", "exit", "memory"]) }),
  steps: { Poisoning: 1 },
  async run(job, { how }) {
    await job.step("Poisoning", async () => {
      await job.sleep(200);
      if (how === "kill") process.kill(process.pid, "SIGKILL");
      if (how === "exit") process.exit(1);
      const kept: string[][] = [];
      while (how === "memory") kept.push(Array.from({ length: 10_000 }, () => `${Math.random()}`));
      await job.sleep(60_000);
    });
    return { message: "Never" };
  },
});

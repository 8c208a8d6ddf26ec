import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { holdSlot } from "../support/hold-slot.ts";

/** Kills the process that runs it. */
export default defineJob({
  title: "Crash",
  description: "Kills the process that runs it.",
  input: z.object({ how: z.enum(["kill", "exit", "memory"]) }),
  steps: { Crashing: 1 },
  async run(job, { how }) {
    await job.step("Crashing", async () => {
      await job.sleep(200);
      if (how === "kill") process.kill(process.pid, "SIGKILL");
      if (how === "exit") process.exit(1);
      const leak: string[][] = [];
      while (how === "memory") leak.push(Array.from({ length: 10_000 }, () => `${Math.random()}`));
      await holdSlot(job, 60_000);
    });
    return { message: "Survived" };
  },
});

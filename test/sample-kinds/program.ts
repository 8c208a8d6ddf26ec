import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Runs a script of the shell and logs each line that it prints. */
export default defineJob({
  title: "Program",
  description: "Runs a program.",
  input: z.object({ script: z.string() }),
  steps: { Running: 1 },
  timeout: "60s",
  async run(job, { script }) {
    await job.step("Running", () =>
      job.exec("sh", ["-c", script], { onLine: (line) => job.log(line) }),
    );
    return { message: "It ended" };
  },
});

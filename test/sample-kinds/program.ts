import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Runs a script of the shell and logs each line that it prints, or writes it into its output. */
export default defineJob({
  title: "Program",
  description: "Runs a program.",
  input: z.object({ script: z.string(), writes: z.boolean().default(false) }),
  steps: { Running: 1 },
  timeout: "60s",
  async run(job, { script, writes }) {
    await job.step("Running", () =>
      job.exec("sh", ["-c", script], {
        onLine: (line) => (writes ? job.output.append(`${line}\n`) : job.log(line)),
      }),
    );
    return { message: "It ended" };
  },
});

import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Ends at once: what starting a job costs. */
export default defineJob({
  title: "Nothing",
  description: "Ends at once.",
  input: z.object({}),
  steps: { Nothing: 1 },
  listed: false,
  run: async () => ({ message: "Done" }),
});

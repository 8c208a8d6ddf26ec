import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Finishes at once, to measure the cost of a job itself. */
export default defineJob({
  title: "Nothing",
  description: "Finishes at once.",
  input: z.object({}),
  steps: { Nothing: 1 },
  listed: false,
  run: async () => ({ message: "Done" }),
});

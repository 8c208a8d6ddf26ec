import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { holdSlot } from "../support/hold-slot.ts";

/** Finishes with a result page, which opens for a person who watched the job. */
export default defineJob({
  title: "Result page",
  description: "Finishes with a result page.",
  input: z.object({ ms: z.number().int().default(1_000) }),
  steps: { Preparing: 1, Sleeping: 3 },
  opensResult: true,
  cancellable: false,
  async run(job, { ms }) {
    await job.step("Preparing", async () => job.log("Prepared"));
    await job.step("Sleeping", () => holdSlot(job, ms));
    return { message: "Created a page", page: "/contacts?q=made" };
  },
});

import { z } from "zod";
import { defineJob } from "../../../server/job.ts";

/** Leaves a page that who watched it to its end is led on to. */
export default defineJob({
  title: "Leads on",
  description: "Ends with a page to look at.",
  input: z.object({ ms: z.number().int().default(1_000) }),
  steps: { Preparing: 1, Sleeping: 3 },
  opensResult: true,
  cancellable: false,
  async run(job, { ms }) {
    await job.step("Preparing", async () => job.log("Prepared"));
    await job.step("Sleeping", () => job.sleep(ms));
    return { message: "Made a page", page: "/contacts?q=made" };
  },
});

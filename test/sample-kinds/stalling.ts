import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { respondAfter, withService } from "../support/http-service.ts";

/** Calls a service that stalls once. */
export default defineJob({
  title: "Stalling",
  description: "Stalls once on its way.",
  input: z.object({
    items: z.number().int(),
    /** The item at which the service stalls. */
    at: z.number().int(),
    /** The length of the stall, ms. */
    silence: z.number(),
  }),
  steps: { Asking: 1 },
  async run(job, { items, at, silence }) {
    await withService(
      (asked, response) => respondAfter(response, asked === at ? silence : 30),
      (url) =>
        job.step("Asking", async () => {
          for (let done = 1; done <= items; done++) {
            await (await fetch(url)).text();
            job.progress(done, items);
          }
        }),
    );
    return { message: "Done" };
  },
});

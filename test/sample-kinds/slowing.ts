import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { respondAfter, withService } from "../support/http-service.ts";

/** Calls a service whose answers take longer each time. */
export default defineJob({
  title: "Slowing",
  description: "Slows down as it goes.",
  input: z.object({
    items: z.number().int(),
    /** The time that the first answer takes, ms. */
    ms: z.number(),
    /** The time that each answer takes beyond the one before it, ms. */
    more: z.number(),
  }),
  steps: { Asking: 1 },
  async run(job, { items, ms, more }) {
    await withService(
      (asked, response) => respondAfter(response, ms + more * asked),
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

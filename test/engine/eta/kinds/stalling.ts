import { z } from "zod";
import { defineJob } from "../../../../server/job.ts";
import { withService, yes } from "../service.ts";

/** Asks a service that falls silent once, for a while and without a word. */
export default defineJob({
  title: "Stalling",
  description: "Work that stands still in the middle.",
  input: z.object({
    items: z.number().int(),
    /** The service falls silent at this item, for so long; ms. */
    at: z.number().int(),
    silence: z.number(),
  }),
  steps: { Asking: 1 },
  async run(job, { items, at, silence }) {
    await withService(
      (asked, response) => yes(response, asked === at ? silence : 30),
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

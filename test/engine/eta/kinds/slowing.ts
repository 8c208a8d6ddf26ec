import { z } from "zod";
import { defineJob } from "../../../../server/job.ts";
import { withService, yes } from "../service.ts";

/** Asks a service that looks through all that it was ever given: each answer takes longer. */
export default defineJob({
  title: "Slowing",
  description: "Work that grows with what was done.",
  input: z.object({
    items: z.number().int(),
    /** What the first takes, and what each behind it takes more; ms. */
    ms: z.number(),
    more: z.number(),
  }),
  steps: { Asking: 1 },
  async run(job, { items, ms, more }) {
    await withService(
      (asked, response) => yes(response, ms + more * asked),
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

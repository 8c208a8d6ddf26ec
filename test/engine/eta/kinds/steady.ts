import { z } from "zod";
import { defineJob } from "../../../../server/job.ts";
import { withService, yes } from "../service.ts";

/** Asks a service that answers each request as quickly as the one before. */
export default defineJob({
  title: "Steady",
  description: "Work that is the same for each item.",
  input: z.object({ items: z.number().int(), ms: z.number() }),
  steps: { Asking: 1 },
  async run(job, { items, ms }) {
    await withService(
      (_, response) => yes(response, ms),
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

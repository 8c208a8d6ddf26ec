import { z } from "zod";
import { defineJob } from "../../server/job.ts";
import { respondAfter, withService } from "../support/http-service.ts";

/** Calls a service whose answers all take the same time. */
export default defineJob({
  title: "Steady",
  description: "Progresses at one pace.",
  input: z.object({ items: z.number().int(), ms: z.number() }),
  steps: { Asking: 1 },
  async run(job, { items, ms }) {
    await withService(
      (_, response) => respondAfter(response, ms),
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

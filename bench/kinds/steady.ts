import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** The number of calls whose times a message repeats, because frames may be skipped. */
const recentCount = 8;

/** Progresses at a steady pace; with `times`, messages carry the times of the calls to measure delays. */
export default defineJob({
  title: "Import contacts",
  description: "Progresses at a steady pace.",
  input: z.object({
    seconds: z.number(),
    everyMs: z.number(),
    /** Whether messages carry the times of the last calls in place of a usual text. */
    times: z.boolean().default(false),
  }),
  steps: { Working: 1 },
  unit: "rows",
  listed: false,
  dedicatedRunner: true,
  async run(job, { seconds, everyMs, times }) {
    const total = Math.round((seconds * 1_000) / everyMs);
    await job.step("Working", async () => {
      const sent: number[] = [];
      for (let done = 1; done <= total; done++) {
        // Jitter, so that calls do not run in step with anything periodic.
        await job.sleep(everyMs * (0.9 + Math.random() * 0.2));
        sent.unshift(Date.now());
        sent.length = Math.min(sent.length, recentCount);
        const message = times ? `sent ${sent.join(" ")}` : `${done * 212} contacts found`;
        job.progress(done * 423, total * 423, message);
      }
    });
    return { message: `${total} times` };
  },
});

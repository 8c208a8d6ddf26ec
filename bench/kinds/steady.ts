import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** A row told of is kept for so many later ones, for frames that came between may be left out. */
const told = 8;

/** Makes progress at a pace, and says when: the time from there to a browser can be told. */
export default defineJob({
  title: "Import contacts",
  description: "Makes progress at a pace.",
  input: z.object({
    seconds: z.number(),
    everyMs: z.number(),
    /** Say when each of the last calls was made, or what people would read. */
    times: z.boolean().default(false),
  }),
  steps: { Working: 1 },
  unit: "rows",
  listed: false,
  alone: true,
  async run(job, { seconds, everyMs, times }) {
    const total = Math.round((seconds * 1_000) / everyMs);
    await job.step("Working", async () => {
      const sent: number[] = [];
      for (let done = 1; done <= total; done++) {
        // Not in step with anything that looks at intervals.
        await job.sleep(everyMs * (0.9 + Math.random() * 0.2));
        sent.unshift(Date.now());
        sent.length = Math.min(sent.length, told);
        const message = times ? `sent ${sent.join(" ")}` : `${done * 212} contacts found`;
        job.progress(done * 423, total * 423, message);
      }
    });
    return { message: `${total} times` };
  },
});

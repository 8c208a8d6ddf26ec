import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Writes the numbers from 1 as text, word by word, with a checkpoint behind some of them. */
export default defineJob({
  title: "Typing",
  description: "Writes numbers as text.",
  input: z.object({
    words: z.number().int(),
    /** Words before each checkpoint. */
    size: z.number().int().default(40),
    /** The time between two words, ms. */
    pause: z.number().default(10),
  }),
  steps: { Typing: 1 },
  unit: "words",
  async run(job, { words, size, pause }) {
    await job.step("Typing", () =>
      job.batches({
        total: words,
        async *from(written: number = 0) {
          for (let next = written + 1; next <= words; next += size) {
            const last = Math.min(next + size - 1, words);
            const items = Array.from({ length: last - next + 1 }, (_, at) => next + at);
            for (const word of items) {
              job.output.append(`${word} `);
              await job.sleep(pause);
            }
            yield { items, cursor: last };
          }
        },
        write: async (items) => ({ succeeded: items.length }),
      }),
    );
    return { message: `Wrote ${words} words` };
  },
});

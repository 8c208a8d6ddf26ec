import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Inserts numbered contacts in batches; a row inserted twice is counted as skipped. */
export default defineJob({
  title: "Copy rows",
  description: "Writes numbered contacts in batches.",
  input: z.object({
    rows: z.number().int(),
    /** Rows in each batch. */
    size: z.number().int().default(10),
    /** The time between two batches, ms. */
    pause: z.number().default(20),
    /** The first part of each email address. */
    prefix: z.string().default("row"),
  }),
  steps: { Copying: 1 },
  unit: "rows",
  async run(job, { rows, size, pause, prefix }) {
    await job.step("Copying", () =>
      job.batches({
        total: rows,
        async *from(copied: number = 0) {
          for (let next = copied; next < rows; next += size) {
            const length = Math.min(size, rows - next);
            yield {
              items: Array.from({ length }, (_, index) => next + index),
              cursor: next + length,
            };
            await job.sleep(pause);
          }
        },
        async write(numbers, write) {
          const values = numbers.map((number) => {
            const email = `${prefix}-${String(number).padStart(8, "0")}@example.com`;
            return [job.accountId, email, job.id, number, number];
          });
          const written = await write.upsert("contacts", values, {
            columns: ["account_id", "email", "job_id", "created_at", "updated_at"],
            key: ["account_id", "email"],
            update: [],
          });
          return { succeeded: written.inserted, skipped: written.skipped };
        },
      }),
    );
    return { message: `Copied ${rows} rows` };
  },
});

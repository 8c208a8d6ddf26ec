import { z } from "zod";
import { defineJob } from "../../server/job.ts";

/** Writes numbered rows in batches: a row written twice is counted as skipped, so it shows. */
export default defineJob({
  title: "Copy rows",
  description: "Writes numbered contacts in batches.",
  input: z.object({
    rows: z.number().int(),
    size: z.number().int().default(10),
    /** Between two batches, ms. */
    pause: z.number().default(20),
    /** What the addresses begin with. */
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
            yield { items: Array.from({ length }, (_, at) => next + at), cursor: next + length };
            await job.sleep(pause);
          }
        },
        async write(numbers, write) {
          const made = numbers.map((number) => {
            const email = `${prefix}-${String(number).padStart(8, "0")}@example.com`;
            return [job.accountId, email, job.id, number, number];
          });
          const wrote = await write.upsert("contacts", made, {
            columns: ["account_id", "email", "job_id", "created_at", "updated_at"],
            key: ["account_id", "email"],
            update: [],
          });
          return { succeeded: wrote.inserted, skipped: wrote.skipped };
        },
      }),
    );
    return { message: `Copied ${rows} rows` };
  },
});

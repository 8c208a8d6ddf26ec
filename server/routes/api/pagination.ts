/** What events and log lines share: both are numbered per job, and read behind a number. */
import { z } from "@hono/zod-openapi";

/** Numbers are 32 bits wide in the database. */
const maxSeq = 2 ** 31 - 1;
/** In one answer; a job of hours has some thousand events. */
const maxRows = 10_000;

export const afterQuery = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(maxSeq)
    .default(0)
    .openapi({ type: "integer", minimum: 0, description: "Only what is numbered higher" }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(maxRows)
    .transform((limit) => Math.min(limit, maxRows))
    .openapi({
      type: "integer",
      minimum: 1,
      default: maxRows,
      description: `At most so many; ${maxRows} is the most`,
    }),
});

export const nextSchema = z.int().nullable().meta({
  description: "What to send as `after` for those that follow; null where these were the last",
});

/** @param rows one more than `limit` where there are more */
export function sliceOf<Row extends { seq: number }>(rows: Row[], limit: number) {
  const page = rows.slice(0, limit);
  return { page, next: rows.length > limit ? page.at(-1)!.seq : null };
}

/** @returns the number in `Last-Event-ID`, or undefined where there is none that we gave */
export function lastEventId(header: string | undefined): number | undefined {
  return header && /^\d{1,10}$/.test(header) ? Math.min(Number(header), maxSeq) : undefined;
}

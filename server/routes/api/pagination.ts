/** Pagination by `seq`, for events and log lines. */
import { z } from "@hono/zod-openapi";

/** `seq` is a 32-bit integer in the database. */
const maxSeq = 2 ** 31 - 1;
/** Per response. A job that runs for hours has some thousand events. */
const maxRows = 10_000;

/** Accepts unknown parameters, because polyfills of EventSource add one to the address of a stream. */
export const afterQuery = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(maxSeq)
    .default(0)
    .openapi({ type: "integer", minimum: 0, description: "Only entries with a higher `seq`." }),
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
      description: `Maximum number of entries, up to ${maxRows}.`,
    }),
});

export const nextSchema = z.int().nullable().meta({
  description: "Send this as `after` to get the next page. Null on the last page.",
});

/** @param rows up to `limit + 1`; the extra row shows that there is a next page */
export function sliceOf<Row extends { seq: number }>(rows: Row[], limit: number) {
  const page = rows.slice(0, limit);
  return { page, next: rows.length > limit ? page.at(-1)!.seq : null };
}

/** @returns the `seq` of a `Last-Event-ID` header, or undefined for a missing or foreign value */
export function lastEventId(header: string | undefined): number | undefined {
  return header && /^\d{1,10}$/.test(header) ? Math.min(Number(header), maxSeq) : undefined;
}

import { z } from "@hono/zod-openapi";

const maxLimit = 200;
const defaultLimit = 50;

/** The parameter `limit` of a list; a greater number than the maximum counts as the maximum. */
export function pageLimit(what: string) {
  return z.coerce
    .number()
    .int()
    .min(1)
    .default(defaultLimit)
    .transform((limit) => Math.min(limit, maxLimit))
    .openapi({
      type: "integer",
      minimum: 1,
      default: defaultLimit,
      description: `Number of ${what} on a page. The maximum is ${maxLimit}.`,
    });
}

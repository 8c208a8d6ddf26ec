import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

/** No text of ours holds U+0000, and Postgres takes none that does. */
const detail = "It holds a character that cannot be read.";

/** @throws HTTPException 400 for an address with such a character */
export const rejectNullCharacters: MiddlewareHandler = async (c, next) => {
  if (c.req.url.includes("%00")) throw new HTTPException(400, { message: detail });
  return next();
};

/** @throws HTTPException 400 for a form with such a character */
export function assertNoNullCharacters(form: Record<string, unknown>): void {
  const texts = Object.values(form).filter((value) => typeof value === "string");
  if (texts.some((text) => text.includes("\0"))) throw new HTTPException(400, { message: detail });
}

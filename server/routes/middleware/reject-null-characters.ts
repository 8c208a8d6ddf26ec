import type { MiddlewareHandler } from "hono";
import { HttpError } from "../http-error.ts";

/**
 * Rejects URLs with U+0000, which Postgres cannot store. Other characters that it cannot store do not
 * survive the decoding of a URL or a form.
 * @throws HttpError 422
 */
export const rejectNullCharacters: MiddlewareHandler = async (c, next) => {
  if (c.req.url.includes("%00")) throw nullCharacter();
  return next();
};

/** @throws HttpError 422 if a field of the form contains U+0000 */
export function assertNoNullCharacters(form: Record<string, unknown>): void {
  const texts = Object.values(form).filter((value) => typeof value === "string");
  if (texts.some((text) => text.includes("\0"))) throw nullCharacter();
}

function nullCharacter(): HttpError {
  return new HttpError({
    status: 422,
    title: "Invalid input",
    detail: "The request contains a null character.",
  });
}

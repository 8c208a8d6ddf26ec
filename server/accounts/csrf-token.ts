/** What a form proves with that a page of ours, shown to the same browser, sent it. */
import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * @param binding what the browser keeps and others do not know: a session's id or a visitor's
 * @returns 43 characters that are good in an address
 */
export function csrfToken(secret: string, binding: string): string {
  return sign(secret, binding).toString("base64url");
}

/** Takes the same time whatever is wrong with the token. */
export function isCsrfToken(secret: string, binding: string, given: string): boolean {
  const expected = sign(secret, binding);
  const bytes = Buffer.from(given, "base64url");
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

function sign(secret: string, binding: string): Buffer {
  // The same secret signs sessions and links: the prefix keeps one from passing for another.
  return createHmac("sha256", secret).update(`form:${binding}`).digest();
}

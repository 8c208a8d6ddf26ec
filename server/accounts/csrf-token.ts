/** CSRF tokens: they prove that a form was rendered by us for the browser that sends it. */
import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * @param binding a secret that only this browser has: the id of its session or visitor cookie
 * @returns 43 characters that are safe in a URL
 */
export function csrfToken(secret: string, binding: string): string {
  return sign(secret, binding).toString("base64url");
}

/** Compares in constant time. */
export function isCsrfToken(secret: string, binding: string, given: string): boolean {
  const expected = sign(secret, binding);
  const bytes = Buffer.from(given, "base64url");
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

function sign(secret: string, binding: string): Buffer {
  // The same secret signs sessions and links: the prefix keeps a signature from serving as another.
  return createHmac("sha256", secret).update(`form:${binding}`).digest();
}

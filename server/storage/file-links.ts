/** Signed links to files: each expires, and serves one person only. */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface FileLink {
  fileId: string;
  /** The only user who may follow the link. */
  userId: string;
  /** ms since 1970 */
  expires: number;
}

/** The parameters of a request for a file, all unverified. */
export interface FileQuery {
  fileId: string;
  expires: string | undefined;
  signature: string | undefined;
}

export const linkLifetimeHours = 72;

/**
 * @param now ms since 1970; the link expires `linkLifetimeHours` later
 * @returns the path and query
 */
export function createFileLink(
  secret: string,
  fileId: string,
  userId: string,
  now: number,
): string {
  const expires = now + linkLifetimeHours * 3_600_000;
  return `/files/${fileId}?${signFileLink(secret, { fileId, userId, expires })}`;
}

/** @returns the query string: `expires=…&signature=…` */
export function signFileLink(secret: string, { fileId, userId, expires }: FileLink): string {
  return `expires=${expires}&signature=${signature(secret, fileId, userId, String(expires))}`;
}

/**
 * @param now ms since 1970
 * @returns "forged" where this secret did not sign this file, user and expiry together
 */
export function verifyFileLink(
  secret: string,
  query: FileQuery,
  userId: string,
  now: number,
): "valid" | "expired" | "forged" {
  const { fileId, expires = "", signature: given = "" } = query;
  if (!isEqual(given, signature(secret, fileId, userId, expires))) return "forged";
  return now < Number(expires) ? "valid" : "expired";
}

function signature(secret: string, fileId: string, userId: string, expires: string): string {
  // JSON separates the parts without ambiguity. The prefix separates links from other things that
  // the same secret signs.
  const signed = `file:${JSON.stringify([fileId, userId, expires])}`;
  return createHmac("sha256", secret).update(signed).digest("base64url");
}

/** Compares in constant time, so that timing does not reveal how much of a guess is right. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

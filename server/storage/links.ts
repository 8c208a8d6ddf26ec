/**
 * Links to files that hold for a while and for one person. What is signed is bound to this purpose,
 * so that nothing else signed with the same secret passes for a link.
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

export interface FileLink {
  fileId: string;
  /** Who may follow it. */
  userId: string;
  /** Until then, ms since 1970. */
  expires: number;
}

/** What a request for a file brings; all of it may be made up. */
export interface FileQuery {
  fileId: string;
  expires: string | undefined;
  signature: string | undefined;
}

/** @returns the query string: `expires=…&signature=…` */
export function signFile(secret: string, { fileId, userId, expires }: FileLink): string {
  return `expires=${expires}&signature=${signature(secret, fileId, userId, String(expires))}`;
}

/**
 * @param now ms since 1970
 * @returns "forged" for anything that this secret did not sign for this file, person and time
 */
export function checkFile(
  secret: string,
  query: FileQuery,
  userId: string,
  now: number,
): "valid" | "expired" | "forged" {
  const { fileId, expires = "", signature: given = "" } = query;
  if (!isEqual(given, signature(secret, fileId, userId, expires))) return "forged";
  return now < Number(expires) ? "valid" : "expired";
}

/** HMAC-SHA256 under a key of its own, by HKDF (RFC 5869). */
function signature(secret: string, fileId: string, userId: string, expires: string): string {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "link to a file", 32));
  // JSON keeps the parts apart: no two triples are written alike.
  const said = JSON.stringify([fileId, userId, expires]);
  return createHmac("sha256", key).update(said).digest("base64url");
}

/** Takes as long for a near miss as for a wild guess. */
function isEqual(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

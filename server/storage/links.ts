/** Links to files that hold for a while and for one person. */
import { createHmac, timingSafeEqual } from "node:crypto";

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

/** How long a link serves; a new one costs a click. */
export const linkHours = 72;

/**
 * @param now ms since 1970; the link serves until 72 hours later
 * @returns its path
 */
export function linkToFile(secret: string, fileId: string, userId: string, now: number): string {
  const expires = now + linkHours * 3_600_000;
  return `/files/${fileId}?${signFile(secret, { fileId, userId, expires })}`;
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

function signature(secret: string, fileId: string, userId: string, expires: string): string {
  // JSON keeps the parts apart: no two triples are written alike. The prefix keeps what else is
  // signed with the same secret from passing for a link.
  const said = `file:${JSON.stringify([fileId, userId, expires])}`;
  return createHmac("sha256", secret).update(said).digest("base64url");
}

/** Takes as long for a near miss as for a wild guess. */
function isEqual(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

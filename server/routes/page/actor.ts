import type { Person } from "../../accounts/accounts.ts";
import type { Via } from "../../engine/audit.ts";

/** Who does it, for the audit: a person on a page, or their program with a token. */
export function actorOf({ userId, sessionId }: Person): { userId: string; via: Via } {
  return { userId, via: sessionId === null ? "api" : "page" };
}

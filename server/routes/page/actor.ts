import type { Person } from "../../accounts/person.ts";
import type { AuditSource } from "../../backend/enums.ts";

/** The actor of an audit entry: a person on a page, or their program with an API token. */
export function actorOf({ userId, sessionId }: Person): { userId: string; via: AuditSource } {
  return { userId, via: sessionId === null ? "api" : "page" };
}

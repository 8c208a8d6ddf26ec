import type { Person } from "../../accounts/person.ts";
import type { SecurityEventDetails } from "../../accounts/security-log.ts";
import type { SignedIn } from "../../accounts/sign-in.ts";
import { addCookies } from "./form-fields.ts";
import type { PageServices, RouteContext } from "./layout.ts";
import { recordSecurityEvent } from "./security-event.ts";

/**
 * Gives the browser its new session, ends the one that it had, which nobody could reach any more, and
 * leads on. Where a code is still missing, leads to the page that asks for it.
 * Call it behind `protectForms`, which finds the person of the old session.
 * @param next a path of ours
 */
export async function enter(
  c: RouteContext,
  services: Pick<PageServices, "accounts" | "config">,
  signedIn: Pick<SignedIn, "user" | "cookies"> & Partial<SignedIn>,
  method: NonNullable<SecurityEventDetails["method"]>,
  next: string,
): Promise<Response> {
  const { user, cookies, isNew, needsCode } = signedIn;
  const { accounts } = services;
  const before: Person | undefined = c.get("person");
  if (before?.sessionId) await accounts.revokeSession(before, before.sessionId);
  addCookies(c, cookies);
  if (needsCode) return c.redirect(`/sign-in/code?next=${encodeURIComponent(next)}`, 303);
  if (isNew) await recordSecurityEvent(c, services, "signed_up", user.id);
  else await recordSecurityEvent(c, services, "signed_in", user.id, { method });
  return c.redirect(next, 303);
}

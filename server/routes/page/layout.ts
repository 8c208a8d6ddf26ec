/** The layout around every page: who is signed in, the CSRF token, the flash message. */
import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { hostCookie, isSecure } from "../../accounts/cookies.ts";
import { csrfToken } from "../../accounts/csrf-token.ts";
import type { Person } from "../../accounts/person.ts";
import { defaultPreferences } from "../../accounts/preferences.ts";
import { assetHref } from "../../assets/href.ts";
import type { LayoutData } from "../../presenters/layout.ts";
import type { Env, Services } from "../../services.ts";
import { takeFlash } from "./flash.ts";

export type PageServices = Pick<Services, "accounts" | "config" | "render">;
export type RouteContext = Context<Env>;
export type LayoutOptions = Pick<LayoutData, "title" | "section"> &
  Partial<Pick<LayoutData, "topics" | "since" | "refresh" | "tray" | "script">>;

/** Knows the person only after `currentPerson`, which `requirePerson` and `protectForms` call. */
export function layoutFor(
  c: Context<Env>,
  services: PageServices,
  options: LayoutOptions,
): LayoutData {
  const person: Person | undefined = c.get("person");
  return {
    topics: [],
    since: "",
    refresh: null,
    tray: null,
    script: null,
    ...options,
    person: person ? { name: person.name, email: person.email } : null,
    preferences: person?.preferences ?? defaultPreferences,
    token: csrfTokenFor(c, services),
    flash: takeFlash(c, services.config),
    css: assetHref("app.css"),
    js: assetHref("app.js"),
    devScript: services.config.development ? devScript(c) : null,
  };
}

/** Path and query of the page that is asked for. */
export function pathWithQuery(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}

/** The CSRF token for this browser's forms. Sets a visitor cookie if the browser has no session. */
export function csrfTokenFor(c: Context<Env>, services: PageServices): string {
  const binding = csrfBinding(c, services) ?? setVisitorCookie(c, services);
  return csrfToken(services.config.secret, binding);
}

/** The signed-in person, for routes that need none. Behind `requirePerson` use `c.var.person`. */
export async function currentPerson(
  c: Context<Env>,
  { accounts }: Pick<PageServices, "accounts">,
): Promise<Person | null> {
  const known: Person | undefined = c.get("person");
  if (known) return known;
  // A stream bypasses `c`: it would extend the session without sending the new cookie.
  const isStream = c.req.header("accept")?.includes("text/event-stream");
  const renew = (cookie: string) => c.header("Set-Cookie", cookie, { append: true });
  const person = await accounts.authenticate(c.req.raw.headers, isStream ? undefined : renew);
  if (person) c.set("person", person);
  return person;
}

const visitorCookie = "headway_visitor";

/**
 * The value that this browser's CSRF token is bound to: its session, or the visitor cookie, so that
 * sign-in forms have a token too.
 * @returns null for a browser that has neither
 */
export function csrfBinding(
  c: Context<Env>,
  { config }: Pick<PageServices, "config">,
): string | null {
  const person: Person | undefined = c.get("person");
  if (person) return `session ${person.sessionId}`;
  const visitor = getCookie(c, hostCookie(visitorCookie, config));
  return visitor ? `visitor ${visitor}` : null;
}

function setVisitorCookie(c: Context<Env>, { config }: PageServices): string {
  const visitor = randomBytes(18).toString("base64url");
  const name = hostCookie(visitorCookie, config);
  const secure = isSecure(config);
  setCookie(c, name, visitor, { path: "/", httpOnly: true, sameSite: "Lax", secure });
  return `visitor ${visitor}`;
}

/** An answer to a form has no address of its own, from which it could be loaded again. */
function devScript(c: Context): string {
  return c.req.method === "GET" ? "/dev/reload.js" : "/dev/reload.js?answer";
}

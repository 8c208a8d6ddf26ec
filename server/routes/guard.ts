/** What stands before the routes: who is asking, and whether a form came from a page of ours. */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { isFormToken } from "../accounts/form-token.ts";
import { nextPath } from "../accounts/next-path.ts";
import { originOf } from "../accounts/same-origin.ts";
import type { Env } from "../services.ts";
import { errorPage } from "./error-page.ts";
import { currentPerson, formBinding, type PageServices } from "./layout.ts";

/** Bytes. Files are sent as multipart, which is streamed and has limits of its own. */
const largestForm = 1_000_000;

/**
 * For pages: sets `person`, or leads to the sign-in page and back. What a program was told of in a
 * `result_url` it may also fetch with its token; forms need a session.
 */
export function requirePerson(services: PageServices): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (await currentPerson(c, services)) return next();
    const program = c.req.method === "GET" ? await bearerOf(c, services) : null;
    if (program) {
      c.set("person", program);
      return next();
    }
    const page = `/sign-in?next=${encodeURIComponent(pageOf(c))}`;
    if (c.req.header("hx-request") !== "true") return c.redirect(page, 303);
    c.header("HX-Redirect", page);
    return c.body(null, 401);
  };
}

/** The page to come back to: the one asked for, or the one that a form or a fragment stands on. */
function pageOf(c: Context<Env>): string {
  const { pathname, search } = new URL(c.req.url);
  const isFragment = c.req.header("hx-request") === "true";
  if (c.req.method === "GET" && !isFragment) return nextPath(pathname + search);
  const from = c.req.header("hx-current-url") ?? c.req.header("referer") ?? "";
  return nextPath(URL.canParse(from) ? from.replace(/^[a-z]+:\/\/[^/]*/i, "") : undefined);
}

/**
 * For POST: refuses what a foreign page sent, and what does not carry the token of this browser.
 * The token is the field `token` of an urlencoded body; of any other, which is not read here, it
 * is the header `X-Form-Token` or `token` in the query.
 */
export function protectForms(services: PageServices): MiddlewareHandler<Env> {
  const limited = bodyLimit({ maxSize: largestForm, onError: (c) => tooLarge(c, services) });
  return async (c, next) => {
    if (originOf(c.req.raw.headers, services.config) === "foreign") return outdated(c, services);
    const urlencoded = isUrlencoded(c);
    let refused: Response | undefined;
    const check = async () => {
      const { token } = urlencoded ? await c.req.parseBody() : c.req.query();
      if (await isOurForm(c, services, token)) await next();
      else refused = await outdated(c, services);
    };
    return (urlencoded ? await limited(c, check) : await check()) ?? refused;
  };
}

/**
 * Whether a form carries the token of the browser that sent it: for a body that only its reader
 * knows the fields of. `protectForms` does all of this for the others.
 * @param token the field; the header `X-Form-Token` goes before it
 */
export async function isOurForm(
  c: Context<Env>,
  services: PageServices,
  token: unknown,
): Promise<boolean> {
  await currentPerson(c, services);
  const given = c.req.header("x-form-token") ?? token;
  const binding = formBinding(c);
  if (!binding || typeof given !== "string") return false;
  return isFormToken(services.config.secret, binding, given);
}

function isUrlencoded(c: Context<Env>): boolean {
  const type = c.req.header("content-type") ?? "";
  return type.split(";")[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded";
}

function outdated(c: Context<Env>, services: PageServices) {
  return errorPage(c, services, {
    status: 403,
    heading: "This page is out of date",
    message:
      "You have signed in or out since it was loaded, or the form was sent from another site. Nothing was changed. Go back, reload the page and try again.",
    links: [{ href: pageOf(c), text: "Load the page again" }],
  });
}

function tooLarge(c: Context, services: PageServices) {
  return errorPage(c, services, {
    status: 413,
    heading: "That is too much for a form",
    message: "A form can hold up to 1 MB. Send a file instead.",
    links: [{ href: "/jobs/new", text: "New job" }],
  });
}

/**
 * For `/api`: sets `person` from `Authorization: Bearer`, or from the session cookie where the
 * browser says that a page of ours asks.
 */
export function requireApiPerson(services: PageServices): MiddlewareHandler<Env> {
  return async (c, next) => {
    const person = await apiPerson(c, services);
    if (!person) return unauthorized();
    c.set("person", person);
    return next();
  };
}

async function apiPerson(c: Context<Env>, services: PageServices) {
  if (c.req.header("authorization")) return bearerOf(c, services);
  if (originOf(c.req.raw.headers, services.config) !== "ours") return null;
  return currentPerson(c, services);
}

/** The person whose API token the request carries. */
export async function bearerOf(c: Context<Env>, { accounts }: Pick<PageServices, "accounts">) {
  const token = /^bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
  return token ? accounts.personOfToken(token) : null;
}

/** https://www.rfc-editor.org/rfc/rfc9457 and https://www.rfc-editor.org/rfc/rfc6750#section-3 */
function unauthorized(): Response {
  const problem = {
    type: "about:blank",
    title: "Unauthorized",
    status: 401,
    detail: "Send an API token as Authorization: Bearer. Settings makes one.",
  };
  return new Response(JSON.stringify(problem), {
    status: 401,
    headers: {
      "content-type": "application/problem+json",
      "www-authenticate": 'Bearer realm="headway"',
    },
  });
}

/** What stands before the routes: who is asking, and whether a form came from a page of ours. */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { parseBearerToken } from "../../accounts/api-tokens.ts";
import { isCsrfToken } from "../../accounts/csrf-token.ts";
import { requestOrigin } from "../../accounts/request-origin.ts";
import type { Env } from "../../services.ts";
import { answer, Problem } from "../api/problems.ts";
import { assertNoNullCharacters } from "../middleware/reject-null-characters.ts";
import { errorPage } from "./error-page.ts";
import { currentPerson, formBinding, type PageServices } from "./layout.ts";
import { localPath } from "./return-path.ts";

/** Bytes. Uploads are streamed, and have limits of their own. */
const largestForm = 1_000_000;

const reads = ["GET", "HEAD"];

/**
 * For pages: sets `person`, or leads to the sign-in page and back. What a program was told of in a
 * `result_url` it may also fetch with its token; forms need a session. No cache in between may keep
 * a page for others.
 */
export function requirePerson(services: PageServices): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.header("Cache-Control", "private, no-cache");
    if (await currentPerson(c, services)) return next();
    const program = reads.includes(c.req.method) ? await bearerOf(c, services) : null;
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
export function pageOf(c: Context<Env>): string {
  const { pathname, search } = new URL(c.req.url);
  const isFragment = c.req.header("hx-request") === "true";
  if (c.req.method === "GET" && !isFragment) return localPath(pathname + search);
  const from = c.req.header("hx-current-url") ?? c.req.header("referer") ?? "";
  return localPath(URL.canParse(from) ? from.replace(/^[a-z]+:\/\/[^/]*/i, "") : undefined);
}

/**
 * For POST: refuses what a foreign page sent, what does not carry the token of this browser, and
 * what is too large for a form, of whatever type. The token is the field `token` of an urlencoded
 * body, of any other `token` in the query.
 * @param streamed for a route that reads the body as it comes: it is neither read nor limited here,
 *   and the token is the query's
 */
export function protectForms(
  services: PageServices,
  { streamed = false } = {},
): MiddlewareHandler<Env> {
  const limited = bodyLimit({ maxSize: largestForm, onError: (c) => tooLarge(c, services) });
  return async (c, next) => {
    if (requestOrigin(c.req.raw.headers, services.config) === "cross-site")
      return outdated(c, services);
    let refused: Response | undefined;
    const check = async () => {
      const isBody = !streamed && isUrlencoded(c);
      const fields = isBody ? await c.req.parseBody() : c.req.query();
      assertNoNullCharacters(fields);
      if (await isOurForm(c, services, fields.token)) await next();
      else refused = await outdated(c, services);
    };
    return (streamed ? await check() : await limited(c, check)) ?? refused;
  };
}

async function isOurForm(c: Context<Env>, services: PageServices, token: unknown) {
  await currentPerson(c, services);
  const binding = formBinding(c);
  if (!binding || typeof token !== "string") return false;
  return isCsrfToken(services.config.secret, binding, token);
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
    if (!person) {
      c.header("WWW-Authenticate", 'Bearer realm="headway"');
      return answer(c, new Problem(401, unauthorized));
    }
    c.set("person", person);
    return next();
  };
}

const unauthorized = "Send an API token as Authorization: Bearer. Settings makes one.";

async function apiPerson(c: Context<Env>, services: PageServices) {
  if (c.req.header("authorization")) return bearerOf(c, services);
  if (requestOrigin(c.req.raw.headers, services.config) !== "same-origin") return null;
  return currentPerson(c, services);
}

/** The person whose API token the request carries. */
async function bearerOf(c: Context<Env>, { accounts }: Pick<PageServices, "accounts">) {
  const token = parseBearerToken(c.req.header("authorization"));
  return token ? accounts.authenticateToken(token) : null;
}

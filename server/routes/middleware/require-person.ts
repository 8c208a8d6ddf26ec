/** Authentication of pages and of the API. */
import type { Context, MiddlewareHandler } from "hono";
import { parseBearerToken } from "../../accounts/api-tokens.ts";
import { clientAddress, subscriberNetwork } from "../../accounts/client-address.ts";
import type { Person } from "../../accounts/person.ts";
import { requestOrigin } from "../../accounts/request-origin.ts";
import type { Env, Services } from "../../services.ts";
import { HttpError } from "../http-error.ts";
import { currentPerson, type PageServices } from "../page/layout.ts";
import { returnPath } from "../page/return-path.ts";
import { noStoreValue } from "./no-store.ts";

export type PersonServices = PageServices & Pick<Services, "failedTokens">;

const safeMethods = ["GET", "HEAD"];

/**
 * For pages: sets `person`, or redirects to the sign-in page, which leads back. No cache stores a
 * page, so that nobody reads it with the back button after a sign-out.
 * @param options.tokens for files: a program may read them with its API token, since the API hands it
 *   links to them (`result_url`). A token opens no page.
 * @throws HttpError 403 for a request with an API token in place of a session
 */
export function requirePerson(
  services: PersonServices,
  { tokens = false } = {},
): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.header("Cache-Control", noStoreValue);
    if (await currentPerson(c, services)) return next();
    if (parseBearerToken(c.req.header("authorization"))) {
      const isFile = tokens && safeMethods.includes(c.req.method);
      const program = await personByToken(c, services);
      if (!program) throw invalidToken(c);
      if (!isFile) throw tokenOnPage();
      c.set("person", program);
      return next();
    }
    const signIn = `/sign-in?next=${encodeURIComponent(returnPath(c))}`;
    if (c.req.header("hx-request") !== "true") return c.redirect(signIn, 303);
    c.header("HX-Redirect", signIn);
    return c.body(null, 401);
  };
}

/**
 * For the API: sets `person` from `Authorization: Bearer`, or from the session cookie if one of our
 * pages sent the request.
 * @throws HttpError 401, 429
 */
export function requireApiPerson(services: PersonServices): MiddlewareHandler<Env> {
  return async (c, next) => {
    const person = await apiPerson(c, services);
    if (!person) throw invalidToken(c);
    c.set("person", person);
    return next();
  };
}

function invalidToken(c: Context): HttpError {
  c.header("WWW-Authenticate", 'Bearer realm="headway"');
  const detail = c.req.header("authorization")
    ? "This API token is unknown, revoked or expired. Create one in the settings."
    : "Send an API token as `Authorization: Bearer …`. Create one in the settings.";
  return new HttpError({ status: 401, title: "Not signed in", detail });
}

function tokenOnPage(): HttpError {
  return new HttpError({
    status: 403,
    title: "Pages need a browser",
    detail: "An API token opens no pages. GET /api/openapi.json describes the API.",
  });
}

async function apiPerson(c: Context<Env>, services: PersonServices): Promise<Person | null> {
  if (c.req.header("authorization")) return personByToken(c, services);
  if (requestOrigin(c.req.raw.headers, services.config) !== "same-origin") return null;
  return currentPerson(c, services);
}

/** @throws HttpError 429 for an unknown token from a network that has tried many */
async function personByToken(
  c: Context<Env>,
  { accounts, config, failedTokens }: PersonServices,
): Promise<Person | null> {
  const token = parseBearerToken(c.req.header("authorization"));
  if (!token) return null;
  const network = subscriberNetwork(clientAddress(c, config.proxies));
  if (failedTokens.isRefused(network, token)) {
    c.header("Retry-After", String(failedTokens.retryAfterSeconds));
    throw new HttpError({
      status: 429,
      title: "Too many attempts",
      detail: "Too many requests with unknown API tokens came from your network. Try again later.",
    });
  }
  const person = await accounts.authenticateToken(token);
  failedTokens.record(network, token, person !== null);
  return person;
}

/** Protection of forms against cross-site request forgery and oversized bodies. */
import type { Context, MiddlewareHandler } from "hono";
import { isCsrfToken } from "../../accounts/csrf-token.ts";
import { requestOrigin } from "../../accounts/request-origin.ts";
import type { Env } from "../../services.ts";
import { HttpError } from "../http-error.ts";
import { csrfBinding, currentPerson, type PageServices } from "../page/layout.ts";
import { returnPath } from "../page/return-path.ts";
import { limitFormBody } from "./limit-body.ts";
import { assertNoNullCharacters } from "./reject-null-characters.ts";

/**
 * For POST: rejects forms of other sites, forms without the CSRF token of this browser, and bodies
 * that are too large. The token is the field `token` of the form, never part of an address, which
 * histories and logs keep.
 * @param options.maxBytes of the body; default 1 MB
 * @param options.streamed for a route that streams the body: it is neither read nor limited here, and
 *   the route checks its token with `assertFormToken`
 * @throws HttpError 403, 413
 */
export function protectForms(
  services: PageServices,
  { streamed = false, maxBytes }: { streamed?: boolean; maxBytes?: number } = {},
): MiddlewareHandler<Env> {
  const limitBody = limitFormBody(maxBytes);
  return async (c, next) => {
    if (requestOrigin(c.req.raw.headers, services.config) === "cross-site") throw outdatedPage(c);
    const check = async () => {
      const fields = await c.req.parseBody();
      assertNoNullCharacters(fields);
      await currentPerson(c, services);
      assertFormToken(c, services, fields.token);
      await next();
    };
    return streamed ? next() : limitBody(c, check);
  };
}

/**
 * @param token the field `token` of a form
 * @throws HttpError 403 if it is not the CSRF token of this browser
 */
export function assertFormToken(c: Context<Env>, services: PageServices, token: unknown): void {
  const binding = csrfBinding(c, services);
  const isValid =
    binding && typeof token === "string" && isCsrfToken(services.config.secret, binding, token);
  if (!isValid) throw outdatedPage(c);
}

function outdatedPage(c: Context<Env>): HttpError {
  return new HttpError({
    status: 403,
    title: "This page is out of date",
    detail:
      "You signed in or out after it was loaded, or another site sent the form. Nothing was changed. Reload the page and try again.",
    links: [{ href: returnPath(c), text: "Reload the page" }],
  });
}

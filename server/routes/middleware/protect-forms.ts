/** Protection of forms against cross-site request forgery and oversized bodies. */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { isCsrfToken } from "../../accounts/csrf-token.ts";
import { requestOrigin } from "../../accounts/request-origin.ts";
import type { Env } from "../../services.ts";
import { HttpError } from "../http-error.ts";
import { csrfBinding, currentPerson, type PageServices } from "../page/layout.ts";
import { returnPath } from "../page/return-path.ts";
import { assertNoNullCharacters } from "./reject-null-characters.ts";

/** Bytes. Uploads are streamed and have their own limit. */
const maxFormSize = 1_000_000;

/**
 * For POST: rejects forms of other sites, forms without the CSRF token of this browser, and bodies
 * that are too large. The token is the field `token` of an urlencoded body; with any other body it
 * is `token` in the query.
 * @param streamed for a route that streams the body: it is neither read nor limited here, and the
 *   token is in the query
 * @throws HttpError 403, 413
 */
export function protectForms(
  services: PageServices,
  { streamed = false } = {},
): MiddlewareHandler<Env> {
  const limitBody = bodyLimit({ maxSize: maxFormSize, onError: formTooLarge });
  return async (c, next) => {
    if (requestOrigin(c.req.raw.headers, services.config) === "cross-site") throw outdatedPage(c);
    const check = async () => {
      const isForm = !streamed && isUrlencoded(c);
      const fields = isForm ? await c.req.parseBody() : c.req.query();
      assertNoNullCharacters(fields);
      if (!(await hasValidToken(c, services, fields.token))) throw outdatedPage(c);
      await next();
    };
    return streamed ? check() : limitBody(c, check);
  };
}

async function hasValidToken(
  c: Context<Env>,
  services: PageServices,
  token: unknown,
): Promise<boolean> {
  await currentPerson(c, services);
  const binding = csrfBinding(c);
  if (!binding || typeof token !== "string") return false;
  return isCsrfToken(services.config.secret, binding, token);
}

function isUrlencoded(c: Context<Env>): boolean {
  const type = c.req.header("content-type") ?? "";
  return type.split(";")[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded";
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

function formTooLarge(): never {
  throw new HttpError({
    status: 413,
    title: "This form is too large",
    detail: "A form can hold up to 1 MB. Upload a file instead.",
    links: [{ href: "/jobs/new", text: "New job" }],
  });
}

/** The one place that decides what an API token may do. */
import type { Context, MiddlewareHandler } from "hono";
import type { TokenScope } from "../../backend/enums.ts";
import type { Env } from "../../services.ts";
import { HttpError } from "../http-error.ts";

const readMethods = ["GET", "HEAD", "OPTIONS"];

/** Routes below /api for which the scope `start` suffices: they start jobs and upload files. */
export const startRoutes: readonly string[] = [
  "POST /jobs/start",
  "POST /jobs/:id/retry",
  "POST /jobs/:id/start-now",
  "POST /jobs/:id/reschedule",
  "POST /jobs/:id/follow-ups/:name",
  "POST /uploads",
  "POST /uploads/resumable",
  "POST /uploads/resumable/:id",
  "PATCH /uploads/resumable/:id",
  "DELETE /uploads/resumable/:id",
];

const startPatterns = startRoutes.map((route) => {
  const [method, path = ""] = route.split(" ");
  return { method, path: new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}/?$`) };
});

/**
 * @param path below /api
 * @returns the least scope for a request; `all` for a route that is not listed
 */
export function requiredScope(method: string, path: string): TokenScope {
  if (readMethods.includes(method)) return "read";
  const isStart = startPatterns.some((each) => each.method === method && each.path.test(path));
  return isStart ? "start" : "all";
}

/**
 * For the API, behind `requireApiPerson`. A session may do everything.
 * @throws HttpError 403 if the token's scope does not include the request
 */
export const requireScope: MiddlewareHandler<Env> = async (c, next) => {
  const path = c.req.path.slice("/api".length);
  assertScope(c, requiredScope(c.req.method, path));
  return next();
};

/**
 * A job that cancels and retries other jobs needs the scope `all`, as doing that one by one does.
 * @param kind of the job to start; undefined if there is no such kind
 * @throws HttpError 403
 */
export function assertMayStart(
  c: Context<Env>,
  kind: { operatesOnJobs?: boolean } | undefined,
): void {
  assertScope(c, kind?.operatesOnJobs ? "all" : "start");
}

const ranks: Record<TokenScope, number> = { read: 0, start: 1, all: 2 };

function assertScope(c: Context<Env>, required: TokenScope): void {
  const { scope } = c.var.person;
  if (ranks[scope] >= ranks[required]) return;
  // https://www.rfc-editor.org/rfc/rfc6750#section-3.1
  c.header("WWW-Authenticate", `Bearer error="insufficient_scope", scope="${required}"`);
  throw new HttpError({
    status: 403,
    title: "Token is not allowed to do this",
    detail: `This API token has the scope \`${scope}\`, and the request needs \`${required}\`. Create another token in the settings.`,
  });
}

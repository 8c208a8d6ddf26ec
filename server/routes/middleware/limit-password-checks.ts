import type { MiddlewareHandler } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { createRateLimitStore } from "../../accounts/rate-limit-store.ts";
import type { Env, Services } from "../../services.ts";
import { HttpError } from "../http-error.ts";

const windowMinutes = 10;
const windowMs = windowMinutes * 60_000;
const maxFailures = 10;

/**
 * For forms that ask a signed-in person for their password: a stolen session must not guess it.
 * Counts the refused forms of each person.
 * @throws HttpError 429
 */
export function limitPasswordChecks({
  backend,
}: Pick<Services, "backend">): MiddlewareHandler<Env> {
  return rateLimiter<Env>({
    windowMs,
    store: createRateLimitStore(backend, "password-checks", windowMs),
    limit: maxFailures,
    keyGenerator: (c) => c.var.person.userId,
    skip: (c) => c.req.method !== "POST",
    skipSuccessfulRequests: true,
    handler: () => {
      throw new HttpError({
        status: 429,
        title: "Too many attempts",
        detail: `Wait ${windowMinutes} minutes and try again.`,
        links: [{ href: "/settings/security", text: "Settings" }],
      });
    },
  });
}

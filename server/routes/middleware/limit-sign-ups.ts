import type { Context, MiddlewareHandler } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { clientAddress, subscriberNetwork } from "../../accounts/client-address.ts";
import { createRateLimitStore } from "../../accounts/rate-limit-store.ts";
import type { Env, Services } from "../../services.ts";
import { waitMinutes } from "./limit-sign-ins.ts";

const windowMs = 3_600_000;

/**
 * Limits the accounts that one network creates in an hour, over all web processes. Each account has a
 * right to slots of its own, which nobody should multiply with free accounts.
 * @param reject renders the page with the message. The status 429 and `Retry-After` are set already.
 */
export function limitSignUps(
  { backend, config }: Pick<Services, "backend" | "config">,
  reject: (c: Context<Env>, message: string) => Response | Promise<Response>,
): MiddlewareHandler<Env> {
  if (!Number.isFinite(config.maxSignUpsPerHour)) return (_, next) => next();
  return rateLimiter<Env>({
    windowMs,
    limit: config.maxSignUpsPerHour,
    store: createRateLimitStore(backend, "sign-ups", windowMs),
    keyGenerator: (c) => subscriberNetwork(clientAddress(c, config.proxies)),
    skipFailedRequests: true,
    handler: (c) => {
      c.status(429);
      const wait = `Wait ${waitMinutes(c)} and try again.`;
      return reject(c, `Too many accounts were created from your network. ${wait}`);
    },
  });
}

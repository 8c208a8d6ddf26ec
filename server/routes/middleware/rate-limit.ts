/**
 * Rate limits for signing in and up, counted per process. Several web processes allow as many times
 * more attempts, which is still far below what guessing a password needs.
 */
import type { Context, MiddlewareHandler } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { clientAddress, subscriberNetwork } from "../../accounts/client-address.ts";
import type { Env } from "../../services.ts";

const windowMinutes = 10;
const maxPerEmail = 10;
const maxPerNetwork = 50;

export interface RateLimitOptions {
  /** Whether successful requests count: creating an account does, signing in does not. */
  countSuccess: boolean;
  /** Number of trusted proxies in front, as in the settings. */
  proxies: number;
  /** Renders the page with the message. The status 429 and `Retry-After` are set already. */
  reject: (c: Context<Env>, message: string) => Response | Promise<Response>;
}

/** @returns two middlewares: one limit per network, and one per network and email of the form */
export function rateLimit(options: RateLimitOptions): MiddlewareHandler<Env>[] {
  const { countSuccess, proxies, reject } = options;
  const limit = (max: number, keyGenerator: (c: Context<Env>) => string | Promise<string>) =>
    rateLimiter<Env>({
      windowMs: windowMinutes * 60_000,
      limit: max,
      keyGenerator,
      skipSuccessfulRequests: !countSuccess,
      handler: (c) => {
        c.status(429);
        return reject(c, `Too many attempts. Wait ${windowMinutes} minutes and try again.`);
      },
    });
  const network = (c: Context<Env>) => subscriberNetwork(clientAddress(c, proxies));
  return [
    limit(maxPerNetwork, network),
    limit(maxPerEmail, async (c) => {
      const { email } = await c.req.parseBody();
      return `${network(c)} ${String(email ?? "")
        .trim()
        .toLowerCase()}`;
    }),
  ];
}

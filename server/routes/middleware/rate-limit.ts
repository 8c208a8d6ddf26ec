/**
 * How often one may try to sign in or up. Counted in the process: with several of them a guesser
 * gets as many tries more, which stays far below what guessing needs.
 */
import type { Context, MiddlewareHandler } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { clientAddress, subscriberNetwork } from "../../accounts/client-address.ts";
import type { Env } from "../../services.ts";

const minutes = 10;
const maxPerEmail = 10;
const maxPerAddress = 50;

export interface RateLimitOptions {
  /** Whether what went well counts: a new account does, signing in does not. */
  countSuccess: boolean;
  /** In front of us, as in the settings. */
  proxies: number;
  /** The page that says so; `Retry-After` is set. */
  refuse: (c: Context<Env>, message: string) => Response | Promise<Response>;
}

/** @returns two checks, by address and by address with email; the form's body is read */
export function rateLimit(options: RateLimitOptions): MiddlewareHandler<Env>[] {
  const { countSuccess, proxies, refuse } = options;
  const limit = (most: number, keyGenerator: (c: Context<Env>) => string | Promise<string>) =>
    rateLimiter<Env>({
      windowMs: minutes * 60_000,
      limit: most,
      keyGenerator,
      skipSuccessfulRequests: !countSuccess,
      handler: (c) => {
        c.status(429);
        return refuse(c, `Too many tries. Wait ${minutes} minutes and try again.`);
      },
    });
  const network = (c: Context<Env>) => subscriberNetwork(clientAddress(c, proxies));
  return [
    limit(maxPerAddress, network),
    limit(maxPerEmail, async (c) => {
      const { email } = await c.req.parseBody();
      return `${network(c)} ${String(email ?? "")
        .trim()
        .toLowerCase()}`;
    }),
  ];
}

/** Limits attempts to sign in and up, counted in the database for all web processes together. */
import type { Context, MiddlewareHandler } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { clientAddress, subscriberNetwork } from "../../accounts/client-address.ts";
import { createRateLimitStore } from "../../accounts/rate-limit-store.ts";
import type { Env, Services } from "../../services.ts";
import { formatCount } from "../../text/counts.ts";

const minute = 60_000;
const windowMs = 10 * minute;
const maxPerNetwork = 50;
const maxPerNetworkAndEmail = 10;
/** Guesses from many networks at one email. */
const maxPerEmail = 100;
/** Successful requests count against this limit alone: each costs a tenth of a second of CPU. */
const maxRequestsPerNetwork = 500;
/** For this long after a sign-in, guesses of others do not lock a person out of that network. */
const rememberMs = 30 * 24 * 60 * minute;

export interface SignInLimitOptions {
  /** Whether successful requests count for the network: creating an account does, signing in does not. */
  countSuccess: boolean;
  /** Renders the page with the message. The status 429 and `Retry-After` are set already. */
  reject: (c: Context<Env>, message: string) => Response | Promise<Response>;
}

/**
 * Limits the requests per network of the client, per email of the form, and per both; all forms with
 * this middleware count together. Mount it behind `protectForms`, which bounds the size of the form.
 */
export function limitSignIns(
  { backend, config }: Pick<Services, "backend" | "config">,
  { countSuccess, reject }: SignInLimitOptions,
): MiddlewareHandler<Env>[] {
  const network = (c: Context<Env>) => subscriberNetwork(clientAddress(c, config.proxies));
  const both = async (c: Context<Env>) => `${network(c)} ${await emailOf(c)}`;
  const knownNetworks = createRateLimitStore(backend, "known-network", rememberMs);
  const isKnown = async (c: Context<Env>) => (await knownNetworks.get(await both(c))) !== undefined;

  const limit = (
    name: string,
    max: number,
    keyGenerator: (c: Context<Env>) => string | Promise<string>,
    options: { skip?: (c: Context<Env>) => Promise<boolean>; countsAll?: boolean } = {},
  ) => {
    const { skip = async () => false, countsAll = false } = options;
    return rateLimiter<Env>({
      windowMs,
      limit: max,
      store: createRateLimitStore(backend, name, windowMs),
      keyGenerator,
      skip,
      skipSuccessfulRequests: !countsAll,
      handler: (c) => {
        c.status(429);
        return reject(c, `Too many attempts. Wait ${waitMinutes(c)} and try again.`);
      },
    });
  };

  const remember: MiddlewareHandler<Env> = async (c, next) => {
    await next();
    if (c.res.status < 400) await knownNetworks.increment(await both(c));
  };

  return [
    limit("network", maxPerNetwork, network, { skip: isKnown, countsAll: countSuccess }),
    limit("requests-of-network", maxRequestsPerNetwork, network, { countsAll: true }),
    limit("network-and-email", maxPerNetworkAndEmail, both),
    limit("email", maxPerEmail, emailOf, { skip: isKnown }),
    remember,
  ];
}

async function emailOf(c: Context<Env>): Promise<string> {
  const { email } = await c.req.parseBody();
  return String(email ?? "")
    .trim()
    .toLowerCase();
}

/** @returns "1 minute", "7 minutes" until the limit that was exceeded is over */
export function waitMinutes(c: Context): string {
  const { resetTime } = c.get("rateLimit") as { resetTime: Date };
  const minutes = Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / minute));
  return formatCount(minutes, "minutes");
}

import type { MiddlewareHandler } from "hono";
import { clientAddress, forwardedFor, isPrivateAddress } from "../../accounts/client-address.ts";
import type { Env, Services } from "../../services.ts";

/**
 * Warns once of proxies that `PROXIES` does not count: all people behind them share one address, and so
 * one limit of attempts to sign in.
 */
export function warnAboutProxies({
  config: { proxies },
  log,
}: Pick<Services, "config" | "log">): MiddlewareHandler<Env> {
  let hasWarned = false;
  return (c, next) => {
    if (hasWarned || !c.req.header("x-forwarded-for")) return next();
    const entries = forwardedFor(c).length;
    if (proxies === 0) {
      hasWarned = true;
      log.warn("requests carry X-Forwarded-For: set PROXIES to the number of proxies in front");
    } else if (entries > proxies && isPrivateAddress(clientAddress(c, proxies))) {
      hasWarned = true;
      const counted = `PROXIES=${proxies}, but another address of a private network is in front`;
      log.warn(`${counted}: set PROXIES=${entries} if it is a proxy`);
    }
    return next();
  };
}

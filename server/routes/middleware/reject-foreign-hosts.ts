import { isIP } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { isLoopback } from "../../accounts/loopback.ts";
import type { Config } from "../../config.ts";
import type { Env } from "../../services.ts";

/** All addresses of the machine. */
const wildcardAddresses = ["0.0.0.0", "::"];

/**
 * Rejects requests with two `Host` headers, and while `PUBLIC_URL` is not set those for a name that is
 * not ours: another site may point its own name at this machine and then read our pages, which for the
 * browser are of the same origin (DNS rebinding). It cannot do so with an address.
 */
export function rejectForeignHosts({
  publicUrl,
  host: own,
}: Pick<Config, "publicUrl" | "host">): MiddlewareHandler<Env> {
  const isOurs = (host: string) => {
    const name = host.replace(/^\[|\]$/g, "");
    if (isLoopback(name) || name === own.toLowerCase()) return true;
    return isIP(name) !== 0 && wildcardAddresses.includes(own);
  };
  return async (c, next) => {
    if (hasTwoHosts(c)) return c.text("Send one Host header.\n", 400);
    if (publicUrl !== null || isOurs(hostOf(c.req.url))) return next();
    const hint = "Set PUBLIC_URL to the address that people use.";
    return c.text(`This server answers at localhost only. ${hint}\n`, 421);
  };
}

function hasTwoHosts(c: Context<Env>): boolean {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  const headers = incoming?.rawHeaders ?? [];
  let hosts = 0;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!;
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  return hosts > 1;
}

/** The URL of a request has the host of its header. @returns "localhost", "[::1]" */
function hostOf(url: string): string {
  const start = url.indexOf("//") + 2;
  const [, host = ""] = /^(\[[^\]]*\]|[^:/?#]*)/.exec(url.slice(start, start + 300)) ?? [];
  return host.toLowerCase();
}

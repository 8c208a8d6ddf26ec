import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Whether a host leads to this machine alone.
 * @param host as in an address: "localhost", "127.0.0.1", "[::1]"
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  if (isIP(name)) return ipaddr.process(name).range() === "loopback";
  // Browsers resolve these names themselves: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
  return name === "localhost" || name.endsWith(".localhost");
}

import { isIPv6 } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/**
 * The address that a request comes from, or empty where there is none.
 * @param proxies of our own in front: only what they wrote into `X-Forwarded-For` is believed, for
 *   anybody can send that header
 */
export function clientAddress(c: Context, proxies: number): string {
  const socket = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress;
  const told = (c.req.header("x-forwarded-for") ?? "").split(",").map((part) => part.trim());
  const address = (proxies > 0 && told.at(-proxies)) || socket;
  return address?.replace(/^::ffff:(?=\d+\.)/i, "") ?? "";
}

/** What one subscriber has: an IPv4 address, or an IPv6 network of 64 bits (RFC 6177). */
export function subscriberNetwork(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("::");
  const [first, last] = [head.split(":").filter(Boolean), tail.split(":").filter(Boolean)];
  const zeros = Array<string>(8 - first.length - last.length).fill("0");
  const groups = address.includes("::") ? [...first, ...zeros, ...last] : first;
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** As people write it: `2001:db8::7`, not all 32 digits. */
export function compressAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

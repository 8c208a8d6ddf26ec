import { isIP, isIPv6 } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import ipaddr from "ipaddr.js";

/**
 * The address that a request comes from, or empty where there is none.
 * @param proxies of our own in front: only what they wrote into `X-Forwarded-For` is believed, for
 *   anybody can send that header
 */
export function clientAddress(c: Context, proxies: number): string {
  const socket = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress;
  const told = (c.req.header("x-forwarded-for") ?? "").split(",").map((part) => part.trim());
  const address = (proxies > 0 && told.at(-proxies)) || socket;
  return compressAddress(address ?? "");
}

/** The range that one subscriber has: an IPv4 address, or an IPv6 network of 64 bits (RFC 6177). */
export function subscriberNetwork(address: string): string {
  return isIPv6(address) ? `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`)}/64` : address;
}

/** The short form of an address (RFC 5952): `2001:db8::7`, and IPv4 for an IPv4-mapped one. */
export function compressAddress(address: string): string {
  // The library also takes "127" and "0x7f.1" for addresses.
  return isIP(address) ? ipaddr.process(address).toString() : address;
}

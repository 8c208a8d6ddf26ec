import { isIP, isIPv6 } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import ipaddr from "ipaddr.js";

/**
 * @param proxies number of trusted proxies in front; anybody can send `X-Forwarded-For`, so only the
 *   entries of these are believed
 * @returns the address of the client, or empty if it is unknown
 */
export function clientAddress(c: Context, proxies: number): string {
  const socket = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress;
  const forwardedFor = (c.req.header("x-forwarded-for") ?? "")
    .split(",")
    .map((part) => part.trim());
  const address = (proxies > 0 && forwardedFor.at(-proxies)) || socket;
  return compressAddress(address ?? "");
}

/** @returns the range of one subscriber: an IPv4 address, or an IPv6 network of 64 bits (RFC 6177) */
export function subscriberNetwork(address: string): string {
  return isIPv6(address) ? `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`)}/64` : address;
}

/** @returns the short form (RFC 5952): `2001:db8::7`, and IPv4 for an IPv4-mapped address */
export function compressAddress(address: string): string {
  // The library also accepts "127" and "0x7f.1".
  return isIP(address) ? ipaddr.process(address).toString() : address;
}

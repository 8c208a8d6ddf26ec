import { isIP, isIPv6 } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import ipaddr from "ipaddr.js";

/**
 * @param proxies number of trusted proxies in front; anybody can send `X-Forwarded-For`, so only the
 *   entries of these are believed
 * @returns the address of the client, that of the nearest proxy if the entry is not an address, or
 *   empty if it is unknown
 */
export function clientAddress(c: Context, proxies: number): string {
  const socket = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress;
  const forwarded = proxies > 0 ? forwardedFor(c).at(-proxies) : undefined;
  return compressAddress(parseAddress(forwarded ?? "") || parseAddress(socket ?? ""));
}

/** @returns the entries of `X-Forwarded-For`, the nearest proxy's last */
export function forwardedFor(c: Context): string[] {
  return (c.req.header("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
}

/**
 * Some proxies write an address with its port, which differs for each connection: "203.0.113.7:40001",
 * "[2001:db8::7]:443". The zone of a link-local address ("fe80::1%eth0") is dropped too.
 * @returns empty for any other text
 */
function parseAddress(text: string): string {
  const [, ipv6] = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? [];
  const [, ipv4] = /^([\d.]+):\d+$/.exec(text) ?? [];
  const address = (ipv6 ?? ipv4 ?? text).replace(/%.*$/, "");
  return isIP(address) ? address : "";
}

/** @returns the range of one subscriber: an IPv4 address, or an IPv6 network of 64 bits (RFC 6177) */
export function subscriberNetwork(address: string): string {
  return isIPv6(address) ? `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`)}/64` : address;
}

/** Whether the address is of a private network, in which proxies usually are. */
export function isPrivateAddress(address: string): boolean {
  return isIP(address) !== 0 && privateRanges.includes(ipaddr.process(address).range());
}

const privateRanges = ["private", "loopback", "uniqueLocal", "linkLocal", "carrierGradeNat"];

/** @returns the short form (RFC 5952): `2001:db8::7`, and IPv4 for an IPv4-mapped address */
export function compressAddress(address: string): string {
  // The library also accepts "127" and "0x7f.1".
  return isIP(address) ? ipaddr.process(address).toString() : address;
}

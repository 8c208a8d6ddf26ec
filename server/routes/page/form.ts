/** Small things that routes with forms of people share. */

import { clientAddress } from "../../accounts/client-address.ts";
import type { ClientInfo } from "../../accounts/sign-in.ts";
import type { Config } from "../../config.ts";
import type { Handled } from "./layout.ts";

/** A field's text; empty where it is missing, a file, or there several times. */
export function field(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  return typeof value === "string" ? value : "";
}

const longestKey = 200;

/** The form's idempotency key; undefined where it brought none. */
export function keyOf(body: Record<string, unknown>): string | undefined {
  return field(body, "idempotency_key").slice(0, longestKey) || undefined;
}

export function visitorOf(c: Handled, { proxies }: Pick<Config, "proxies">): ClientInfo {
  return { address: clientAddress(c, proxies), userAgent: c.req.header("user-agent") ?? "" };
}

export function addCookies(c: Handled, cookies: string[]): void {
  for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true });
}

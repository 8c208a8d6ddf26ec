/** Reads the fields of a submitted form. */
import { clientAddress } from "../../accounts/client-address.ts";
import type { ClientInfo, ClientRequest } from "../../accounts/client-request.ts";
import type { Config } from "../../config.ts";
import type { RouteContext } from "./layout.ts";

/** @returns an empty text for a field that is missing, a file, or repeated */
export function formField(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  return typeof value === "string" ? value : "";
}

/** All fields of a form as a query has them: one text each. */
export function formTexts(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.keys(body).map((name) => [name, formField(body, name)]));
}

const maxKeyLength = 200;

/** @returns undefined if the form has no idempotency key */
export function idempotencyKeyOf(body: Record<string, unknown>): string | undefined {
  return formField(body, "idempotency_key").slice(0, maxKeyLength) || undefined;
}

export function clientInfo(c: RouteContext, { proxies }: Pick<Config, "proxies">): ClientInfo {
  return { address: clientAddress(c, proxies), userAgent: c.req.header("user-agent") ?? "" };
}

export function clientRequest(c: RouteContext, config: Pick<Config, "proxies">): ClientRequest {
  return { headers: c.req.raw.headers, client: clientInfo(c, config) };
}

export function addCookies(c: RouteContext, cookies: string[]): void {
  for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true });
}

/** Whether a request comes from a page of ours, as far as the browser says. */
import type { Config } from "../config.ts";

/**
 * "unknown" where the browser does not say: lynx and w3m send neither header, others send none
 * with plain navigation. https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function requestOrigin(
  headers: Headers,
  config: Pick<Config, "publicUrl">,
): "ours" | "foreign" | "unknown" {
  const site = headers.get("sec-fetch-site");
  if (site && site !== "same-origin" && site !== "none") return "foreign";
  const origin = headers.get("origin");
  if (origin && origin !== "null") return isOurs(origin, headers, config) ? "ours" : "foreign";
  if (site === "same-origin") return "ours";
  // A sandboxed frame or a data: page sends this, and so do foreign pages that hide their address.
  return origin === "null" ? "foreign" : "unknown";
}

function isOurs(origin: string, headers: Headers, config: Pick<Config, "publicUrl">): boolean {
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  if (config.publicUrl) return origin === new URL(config.publicUrl).origin;
  // The scheme is not compared: a proxy in front may speak https where we do not.
  return host === headers.get("host");
}

/** Whether a request was sent by one of our pages, according to the browser's headers. */
import type { Config } from "../config.ts";

/**
 * Reads `Sec-Fetch-Site` and `Origin`. "unknown" if the browser sends neither: lynx and w3m never
 * do, other browsers omit them for plain navigation.
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function requestOrigin(
  headers: Headers,
  config: Pick<Config, "publicUrl">,
): "same-origin" | "cross-site" | "unknown" {
  const site = headers.get("sec-fetch-site");
  if (site && site !== "same-origin" && site !== "none") return "cross-site";
  const origin = headers.get("origin");
  if (origin && origin !== "null")
    return isSameOrigin(origin, headers, config) ? "same-origin" : "cross-site";
  if (site === "same-origin") return "same-origin";
  // Sandboxed frames, data: pages and pages with a no-referrer policy send `Origin: null`.
  return origin === "null" ? "cross-site" : "unknown";
}

function isSameOrigin(
  origin: string,
  headers: Headers,
  config: Pick<Config, "publicUrl">,
): boolean {
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  if (config.publicUrl) return origin === new URL(config.publicUrl).origin;
  // Ignores the scheme: a proxy in front may terminate https.
  return host === headers.get("host");
}

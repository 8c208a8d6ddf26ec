import type { Context } from "hono";

/**
 * Returns the path if it leads to a page of this site, so that a link cannot redirect elsewhere.
 * Parses it as browsers do: `//host`, `/\host` and a tab between the slashes name another site, and
 * `/.//host` does once it is normalized.
 */
export function localPath(given: string | undefined, fallback = "/jobs"): string {
  const base = "http://here.invalid";
  if (!given?.startsWith("/") || !URL.canParse(given, base)) return fallback;
  const url = new URL(given, base);
  if (url.origin !== base || url.pathname.startsWith("//")) return fallback;
  return url.pathname + url.search + url.hash;
}

/** The page to return to: the requested page, or the page that a form or fragment belongs to. */
export function returnPath(c: Context): string {
  const { pathname, search } = new URL(c.req.url);
  const isFragment = c.req.header("hx-request") === "true";
  if (c.req.method === "GET" && !isFragment) return localPath(pathname + search);
  const from = c.req.header("hx-current-url") ?? c.req.header("referer") ?? "";
  return localPath(URL.canParse(from) ? from.replace(/^[a-z]+:\/\/[^/]*/i, "") : undefined);
}

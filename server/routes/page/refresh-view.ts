import type { Context } from "hono";
import type { RefreshView } from "../../presenters/layout.ts";
import type { Env } from "../../services.ts";

/** Lets a page reload itself without JavaScript. The person can turn that off by `?refresh=off`. */
export function refreshView(c: Context<Env>, seconds: number): RefreshView {
  const url = new URL(c.req.url);
  const stopped = url.searchParams.get("refresh") === "off";
  const checkHref = url.pathname + url.search;
  if (stopped) url.searchParams.delete("refresh");
  else url.searchParams.set("refresh", "off");
  return {
    seconds: stopped ? null : seconds,
    checkHref,
    toggleHref: url.pathname + url.search,
  };
}

/** The frame around every page, and the parts that several pages share. */
import type { JobView } from "./job.ts";

export interface Page {
  layout: LayoutData;
}

export interface LayoutData {
  /** "Import contacts"; the layout adds the name of the application. */
  title: string;
  section: "jobs" | "new" | "contacts" | "settings" | null;
  /** Who is signed in. */
  person: { name: string; email: string } | null;
  /** For the scripts: what to do when a job finishes, and the time zone to show. */
  preferences: { sound: boolean; openResult: boolean; timeZone: string | null };
  /** Bound to the session; every form carries it. */
  token: string;
  /** Shown once, after a redirect. */
  flash: FlashView | null;
  /** What the page watches: "job:0198…", "jobs:mine" */
  topics: string[];
  /** The cursor that the page was rendered at; the stream starts after it. */
  since: string;
  refresh: RefreshView | null;
  /** Null on the list of jobs, and where the person has no active job. */
  tray: TrayView | null;
  /** Paths with a version: "/app.css?v=3f1c" */
  css: string;
  js: string;
  /** A script for this page only, or null. */
  script: string | null;
}

export interface FlashView {
  tone: "good" | "bad" | "plain";
  text: string;
  /** What to do next. */
  link?: { href: string; text: string } | undefined;
}

/** The person's active jobs, in the header. */
export interface TrayView {
  count: number;
  /** "3", "99+" */
  countText: string;
  /** The first few. */
  jobs: JobView[];
}

/**
 * @param count all active jobs
 * @param counting.isMore whether counting stopped at `counting.max`
 * @param jobs the first few of them
 */
export function trayView(
  count: number,
  counting: { max: number; isMore: boolean },
  jobs: JobView[],
): TrayView {
  return { count, countText: counting.isMore ? `${counting.max}+` : String(count), jobs };
}

/** A page that changes reloads itself where JavaScript is off, unless the person stopped that. */
export interface RefreshView {
  /** Seconds between reloads, null where the person stopped them. */
  seconds: number | null;
  /** The page itself, for "Refresh". */
  checkHref: string;
  /** The page with `refresh=off`, or without it where reloads are stopped. */
  toggleHref: string;
}

/** @param href path and query of the page */
export function refreshView(href: string, seconds: number): RefreshView {
  const url = new URL(href, "http://page");
  const stopped = url.searchParams.get("refresh") === "off";
  if (stopped) url.searchParams.delete("refresh");
  else url.searchParams.set("refresh", "off");
  const toggleHref = url.pathname + url.search;
  return { seconds: stopped ? null : seconds, checkHref: href, toggleHref };
}

export interface PagerView {
  firstHref: string | null;
  firstText: string;
  nextHref: string | null;
  nextText: string;
  /** "Pages of jobs" */
  what: string;
}

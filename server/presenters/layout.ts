/** The layout of every page, and the parts that several pages share. */
import type { JobView } from "./job.ts";

export interface Page {
  layout: LayoutData;
}

export interface LayoutData {
  /** "Import contacts"; the layout adds the name of the application. */
  title: string;
  section: "jobs" | "new" | "contacts" | "settings" | null;
  /** The signed-in person. */
  person: { name: string; email: string } | null;
  /** For the scripts. */
  preferences: { sound: boolean; openResult: boolean; timeZone: string | null };
  /** The CSRF token, for every form. */
  token: string;
  /** A message that is shown once, after a redirect. */
  flash: FlashView | null;
  /** The topics that the page watches: "job:0198…", "jobs:mine" */
  topics: string[];
  /** Time of the rendering, ms since 1970; the stream announces the jobs created after it. */
  since: string;
  refresh: RefreshView | null;
  /** Null on the dashboard, and for a person without active jobs. */
  tray: TrayView | null;
  /** Paths with a version: "/app.css?v=3f1c" */
  css: string;
  js: string;
  /** Path of an additional script for this page, or null. */
  script: string | null;
  /** Path of the script that follows changes in development, else null. */
  devScript: string | null;
}

export interface FlashView {
  tone: "good" | "bad" | "plain";
  text: string;
  /** The next step. */
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
 * @param count number of all active jobs
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

/** The reloads of a live page while JavaScript is off. */
export interface RefreshView {
  /** Seconds between reloads, null once the person has stopped them. */
  seconds: number | null;
  /** The page itself, for "Refresh". */
  checkHref: string;
  /** The page with `refresh=off`, or without it if reloads are stopped. */
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
  /** The page before, for a list that can go back. */
  previousHref?: string | null;
  nextHref: string | null;
  nextText: string;
  /** "Pages of jobs" */
  what: string;
}

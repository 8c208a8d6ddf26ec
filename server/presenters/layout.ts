/** What is around every page, and on several. */
import type { JobView } from "./view-types.ts";

/** The frame around every page. */
export interface LayoutData {
  /** "Import contacts"; the name of the application is put behind it. */
  title: string;
  section: "jobs" | "new" | "contacts" | "settings" | null;
  /** Who is signed in. */
  person: { name: string; email: string } | null;
  /** For the scripts: what to do when a job ends, and where the person is. */
  wishes: { sound: boolean; openResult: boolean; timeZone: string | null };
  /** Bound to the session; every form carries it. */
  token: string;
  /** Shown once, after a redirect. */
  flash: { tone: "good" | "bad" | "plain"; text: string } | null;
  /** What the page watches: "job:0198…", "jobs:mine". */
  topics: string[];
  /** The cursor that the page was rendered at; the stream begins behind it. */
  since: string;
  refresh: RefreshView | null;
  /** Null where nothing of the person is active, and on the list of jobs. */
  tray: TrayView | null;
  /** Paths with their version: "/app.css?v=3f1c". */
  css: string;
  js: string;
  /** The script that this page alone needs, or null. */
  script: string | null;
}

/** The person's active jobs. */
export interface TrayView {
  count: number;
  /** "3", "99+" */
  countText: string;
  /** The first of them. */
  jobs: JobView[];
}

/** For a page that changes: with JavaScript off it reloads itself, unless the person stopped that. */
export interface RefreshView {
  /** Seconds between reloads, null where the person stopped them. */
  seconds: number | null;
  /** The page itself, for "Check again". */
  checkHref: string;
  /** The page with `refresh=off`, or without it where reloads are stopped. */
  toggleHref: string;
}

export interface Page {
  layout: LayoutData;
}

export interface ErrorPage extends Page {
  /** 404 */
  status: number;
  /** "There is no such page" */
  heading: string;
  message: string;
  /** What to do next; the first is the main one. */
  links: { href: string; text: string }[];
  /** For looking it up in the server's log, or empty. */
  requestId: string;
}

export interface PagerView {
  firstHref: string | null;
  firstText: string;
  nextHref: string | null;
  nextText: string;
  /** "Pages of jobs" */
  what: string;
}

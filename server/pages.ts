/** What each template gets. Like the view models, everything in here is ready to print. */

import type {
  ActionsView,
  JobView,
  LogLineView,
  ResultView,
  TimeView,
} from "./jobs/shown/view-types.ts";

/** A live partial: `oob` where it goes to a page that is already open, which swaps it in by id. */
export type Live<T> = T & { oob: boolean };

/** The frame around every page. */
export interface LayoutData {
  /** "Import contacts"; the name of the application is put behind it. */
  title: string;
  section: "jobs" | "new" | "contacts" | "settings" | null;
  /** Who is signed in. */
  person: { name: string; email: string } | null;
  /** Bound to the session; every form carries it. */
  token: string;
  /** Shown once, after a redirect. */
  flash: { tone: "good" | "bad" | "plain"; text: string } | null;
  /** What the page watches: "job:0198…", "jobs:mine". */
  topics: string[];
  /** The cursor that the page was rendered at; the stream begins behind it. */
  since: string;
  refresh: RefreshView | null;
  /** Paths with their version: "/app.css?v=3f1c". */
  css: string;
  js: string;
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

export interface Option {
  value: string;
  label: string;
  selected: boolean;
}

/** One field of a form made from a kind's input. */
export interface FieldView {
  name: string;
  label: string;
  type:
    | "text"
    | "email"
    | "number"
    | "select"
    | "checkbox"
    | "file"
    | "datetime-local"
    | "textarea";
  /** What was typed or what is proposed; for an upload its id. */
  value: string;
  /** For a checkbox. */
  checked: boolean;
  /** For a select. */
  options: Option[];
  required: boolean;
  /** A sentence below the label, or empty. */
  help: string;
  /** What is wrong with the value, or empty. */
  error: string;
  /** For a file: media types as in `accept`, or empty. */
  accept: string;
  /** For a file that is already there: "contacts.csv, 8.1 MB"; else empty. */
  fileText: string;
}

export interface HiddenField {
  name: string;
  value: string;
}

/** GET /jobs */
export interface JobsPage extends Page {
  filter: {
    q: string;
    statuses: Option[];
    types: Option[];
    /** Empty where there is nobody else's to see. */
    scopes: Option[];
    /** True where anything is filtered. */
    active: boolean;
  };
  jobs: JobView[];
  /** "24 jobs shown" */
  countText: string;
  olderHref: string | null;
  newestHref: string | null;
}

export interface KindCard {
  kind: string;
  title: string;
  description: string;
  href: string;
  /** "Usually 1-3 minutes", or empty */
  usually: string;
}

/** GET /jobs/new */
export interface NewJobPage extends Page {
  kinds: KindCard[];
}

/** GET /jobs/new/:type */
export interface JobFormPage extends Page {
  kind: string;
  title: string;
  description: string;
  /** "/jobs", or "/uploads" while a file has to be chosen. */
  action: string;
  multipart: boolean;
  /** `type` and `idempotency_key` among them. */
  hidden: HiddenField[];
  fields: FieldView[];
  /** What is wrong with the whole, or empty. */
  error: string;
  submitLabel: string;
  /** "Usually 1-3 minutes", or empty */
  usually: string;
}

/** One column of an uploaded file. */
export interface ColumnView {
  /** The select's name. */
  name: string;
  header: string;
  /** The first values, as they stand in the file. */
  samples: string[];
  options: Option[];
  error: string;
}

/** Where an upload is mapped to fields. */
export interface MappingPage extends Page {
  title: string;
  action: string;
  hidden: HiddenField[];
  /** "contacts.csv", "8.1 MB", "about 100,000 rows" */
  file: { name: string; size: string; rows: string };
  /** "UTF-8", "semicolon": what was detected. */
  detected: { label: string; value: string }[];
  columns: ColumnView[];
  /** The first rows as they stand in the file. */
  preview: string[][];
  /** Further choices, "duplicates" among them. */
  fields: FieldView[];
  error: string;
  changeFileHref: string;
}

/** GET /jobs/:id */
export interface JobPage extends Page {
  job: JobView;
  result: JobResult;
  log: JobLog;
  actions: ActionsView;
  /** "Started by Ada Lovelace" */
  owner: string;
  /** What the job was started with, secrets masked. */
  input: { label: string; value: string }[];
  /** The job that this one repeats. */
  retryOf: { href: string; text: string } | null;
}

export interface JobResult extends ResultView {
  id: string;
  kind: string;
  version: number;
  renderedAt: number;
}

export interface JobLog {
  id: string;
  lines: LogLineView[];
  /** The whole log, where the page shows its last lines alone. */
  earlierHref: string | null;
}

/** GET /contacts */
export interface ContactsPage extends Page {
  q: string;
  /** "100,000 contacts", or "12 contacts match" */
  countText: string;
  /** True where the account has no contact at all. */
  none: boolean;
  contacts: ContactView[];
  /** Only those that one job brought. */
  job: { title: string; href: string; clearHref: string; id: string } | null;
  nextHref: string | null;
  firstHref: string | null;
  importHref: string;
}

export interface ContactView {
  name: string;
  email: string;
  company: string;
  phone: string;
  job: { href: string; title: string } | null;
  updated: TimeView;
}

/** GET /sign-in */
export interface SignInPage extends Page {
  email: string;
  /** "Email or password is wrong", or empty */
  error: string;
  /** Where to go then; a path of ours. */
  next: string;
  /** Outside of production, the account made at the first start. */
  demo: { email: string; password: string } | null;
}

/** GET /sign-up */
export interface SignUpPage extends Page {
  name: string;
  email: string;
  /** What is wrong with each field, or empty. */
  errors: { name: string; email: string; password: string };
  next: string;
}

/** GET /settings */
export interface SettingsPage extends Page {
  sessions: SessionView[];
  tokens: TokenView[];
  /** A token just made: shown this once. */
  newToken: string | null;
  tokenError: string;
  createTokenHref: string;
}

export interface SessionView {
  id: string;
  /** "Firefox on Linux" */
  device: string;
  /** "203.0.113.7", or empty */
  address: string;
  current: boolean;
  signedIn: TimeView;
  revokeHref: string;
}

export interface TokenView {
  id: string;
  name: string;
  created: TimeView;
  lastUsed: TimeView | null;
  revokeHref: string;
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

/** A form of one button that ends a session or a token. */
export interface RevokeView {
  href: string;
  token: string;
  id: string;
  label: string;
  /** What is ended, for those who do not see what stands beside the button. */
  of: string;
}

import type { TimeView } from "../text/dates.ts";
import type { HiddenField, Option } from "./form.ts";
import type { Page } from "./layout.ts";
import type { ActionsView, CountsView, JobView, LogLineView, ResultView } from "./view-types.ts";

/** A live partial: `oob` where it goes to a page that is already open, which swaps it in by id. */
export type Live<T> = T & { oob: boolean };

/** GET /jobs */
export interface JobsPage extends Page {
  filter: JobFilterView;
  counts: CountsView;
  /** What to know of what is shown, or empty: "The search looked at the latest 1,000 jobs …" */
  notice: string;
  jobs: JobView[];
  bulk: BulkView;
  olderHref: string | null;
  newestHref: string | null;
}

/** What the list is filtered by. */
export interface JobFilterView {
  q: string;
  statuses: Option[];
  types: Option[];
  spans: Option[];
  /** The first day and the last, "2026-11-23", or empty. */
  from: string;
  to: string;
  /** Empty where there is nobody else's to see. */
  scopes: Option[];
  /** True where anything is filtered. */
  active: boolean;
  clearHref: string;
}

/** What can be done with the jobs that were chosen, or with all that match. */
export interface BulkView {
  /** "24 jobs shown" */
  countText: string;
  /** "All 2,314 that match", or empty where the page shows them all. */
  allText: string;
  /** The filter, for doing something with all that match. */
  fields: HiddenField[];
}

/** GET /jobs/bulk: what will happen with all that match. */
export interface BulkPage extends Page {
  /** "Cancel 15 jobs?" */
  heading: string;
  /** "Failed · Import contacts · last 7 days" */
  which: string;
  /** "12 waiting and 3 running jobs are asked to stop." */
  sentences: string[];
  /** "Cancel 15 jobs", or empty where there is nothing to do. */
  button: string;
  danger: boolean;
  /** What the form sends. */
  fields: HiddenField[];
  backHref: string;
}

/** GET /jobs/:id */
export interface JobPage extends Page {
  job: JobView;
  result: JobResult;
  log: JobLog;
  actions: ActionsView;
  history: HistoryView;
  about: AboutView;
}

/** What stands beside the job. */
export interface AboutView {
  id: string;
  /** "Started by Ada Lovelace" */
  owner: string;
  /** What the job was started with, secrets masked. */
  input: { label: string; value: string }[];
  /** The form filled in with that: "Change and run again"; null where its kind is not for choosing. */
  change: { href: string; text: string } | null;
  /** Until when the job is kept, with its log and files; null while it is active. */
  keptUntil: TimeView | null;
  /** The job that this one repeats. */
  retryOf: { href: string; text: string } | null;
}

/** Who did what with a job, the latest first. */
export interface HistoryView {
  id: string;
  lines: HistoryLine[];
}

/** What somebody did with a job. */
export interface HistoryLine {
  /** "Ada Lovelace cancelled it", "You downloaded people.csv" */
  text: string;
  at: TimeView;
  /** The job that came of it. */
  newJobHref: string | null;
}

export interface JobResult extends ResultView {
  id: string;
  kind: string;
  /** Whether a page that watched the job to its end goes straight on to the result. */
  opens: boolean;
  version: number;
  renderedAt: number;
}

/** Lines of a job's log; in the stream those that are new. */
export interface LogLinesView {
  id: string;
  lines: LogLineView[];
  /** The least level that is shown, empty for all. */
  level: "" | "warn" | "error";
  /** The last line that was written by then; what follows is told by the stream. */
  last: number;
  /** These are not the last lines: what is new is not added to them. */
  part: boolean;
  /** The line that the address names, 0 for none. */
  marked: number;
}

export interface JobLog extends LogLinesView {
  levels: { id: string; label: string; href: string; current: boolean }[];
  /** Shown once there are some, which may be while the page is open. */
  earlier: { href: string; hidden: boolean };
  laterHref: string | null;
  newestHref: string | null;
  downloadHref: string;
  /** Whether lines may still come. */
  follows: boolean;
  /** What an empty log says: "Nothing written yet." */
  none: string;
}

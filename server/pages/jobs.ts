/** What the pages of jobs get. Like the view models, everything in here is ready to print. */
import type { ActionsView, JobView, LogLineView, ResultView } from "../jobs/shown/view-types.ts";
import type { Option } from "./form.ts";
import type { Page } from "./layout.ts";

/** A live partial: `oob` where it goes to a page that is already open, which swaps it in by id. */
export type Live<T> = T & { oob: boolean };

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

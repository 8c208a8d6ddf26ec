/**
 * What the templates get. Everything is ready to print: no template computes, formats or decides
 * more than "is it there". All of it is blind to the viewer, for one rendering serves everybody.
 */
import type { FileRole, LogLevel } from "../backend/enums.ts";
import type { Status } from "../engine/status.ts";
import type { IconName } from "../job.ts";
import type { TimeView } from "../text/dates.ts";

/** What a person sees; derived from the status and the columns beside it. */
export type DisplayStatus =
  | "scheduled"
  | "queued"
  | "retrying"
  | "resuming"
  | "running"
  | "pausing"
  | "paused"
  | "cancelling"
  | "done"
  | "failed"
  | "cancelled";

export interface JobView {
  id: string;
  /** `contact_import` */
  kind: string;
  icon: IconName;
  /** "Import contacts" */
  title: string;
  /** "people.csv", or empty */
  subject: string;
  /** `/jobs/0198…` */
  href: string;
  status: Status;
  displayStatus: DisplayStatus;
  /** The words beside the mark: "Running", "Retry 2 of 3 in 4 s", "Resuming after a lost worker". */
  label: string;
  /** False once the job is final. */
  active: boolean;
  version: number;
  /** When this was rendered, ms: with the version it orders frames. */
  renderedAt: number;
  /** 0 to 100, or null where the total is unknown. */
  percent: number | null;
  /** "42 %", or "38,112 rows so far" */
  percentText: string;
  /** "42,318 of 100,000 rows", or empty */
  amount: string;
  /** What the job says it is doing, or empty. */
  message: string;
  /** Step, amount and message in one line: "Step 2 of 2: Saving (42 %) · 42 of 100 rows", or empty. */
  doing: string;
  /** "about 2 minutes left", "1-3 minutes left", "Almost done", "No progress for 40 s", or empty */
  estimate: string;
  /** "1 min 12 s", or empty before the start */
  elapsed: string;
  /** "Step 3 of 5: Writing rows (40 %)", or empty where there is one step */
  stepText: string;
  steps: StepView[];
  /** Succeeded, failed, skipped: only those that are not zero. */
  counts: { name: "succeeded" | "rejected" | "skipped"; label: string; value: string }[];
  /** How it ended, a sentence; empty while active. */
  outcome: string;
  /** What went wrong and what to do; empty strings where nothing did. */
  error: string;
  advice: string;
  /** Of a failed or cancelled one: "in step 2 of 3: Writing the file, after 1,204 rows", or empty */
  stoppedAt: string;
  /** The page that shows the result, where the job left one. */
  resultHref: string | null;
  buttons: ButtonView[];
  /** The one moment that a row shows: when it ended, is to start, was started or was made. */
  when: TimeView;
  /** For one that is scheduled. */
  starts: TimeView | null;
  created: TimeView;
  started: TimeView | null;
  finished: TimeView | null;
}

export interface StepView {
  name: string;
  state: "waiting" | "running" | "done" | "stopped";
  /** "12 s", "not reached", "paused", or empty where the state says it all */
  text: string;
}

/** How many jobs a list has; live, like a job's own parts. */
export interface CountsView {
  scope: "mine" | "account";
  /** When they were counted, ms. */
  renderedAt: number;
  /** Only those that are not zero: "3 running". */
  counts: { status: Status; href: string; text: string }[];
}

/** What a job leaves, shown when it ended and, for files, as soon as they are whole. */
export interface ResultView {
  page: { href: string; text: string } | null;
  files: FileView[];
  /** All of them at once, where there are several. */
  zipHref: string | null;
  /** "email is missing" · 112 rows · "rows 14, 83, 1,204 and 109 more" */
  errors: { reason: string; count: string; rows: string }[];
}

export interface FileView {
  id: string;
  /** The way to a link made for who asks; null once the file is no longer kept. */
  href: string | null;
  name: string;
  /** "8.1 MB" */
  size: string;
  role: FileRole;
  /** Where that is before the job itself goes. */
  keptUntil: TimeView | null;
  preview: PreviewView | null;
}

/** A look into a file. An image is loaded by the file's own address. */
export type PreviewView =
  | {
      kind: "table";
      header: string[];
      rows: string[][] /** "4 more columns", or empty */;
      note: string;
    }
  | { kind: "text"; lines: string[] }
  | { kind: "image" };

export interface LogLineView {
  seq: number;
  level: LogLevel;
  message: string;
  time: TimeView;
}

/** One thing that can be done with a job, as a button. */
export interface ButtonView {
  /** Where its form is sent: behind `/jobs/<id>/`. */
  path: "cancel" | "pause" | "resume" | "retry" | "retry-rejected" | "start-now";
  /** "Retry" or, after a cancel, "Restart" */
  label: string;
  icon: IconName;
  /** A class of buttons, or empty */
  variant: "primary" | "danger" | "";
}

/** The buttons of a job's page; rendered for one viewer, outside of the live partials. */
export interface ActionsView {
  id: string;
  buttons: ButtonView[];
  /** Bound to the viewer's session; every form carries it. */
  token: string;
  /** Whether a sound is played at the end; null where there is no end to wait for. */
  sound: boolean | null;
}

export interface SoundSwitch {
  on: boolean;
  token: string;
}

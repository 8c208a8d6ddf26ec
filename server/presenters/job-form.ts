import type { IconName } from "../job.ts";
import type { TimeView } from "../text/dates.ts";
import type { FieldView, HiddenField, Option, ScheduleView } from "./form.ts";
import type { Page } from "./layout.ts";
import type { JobView } from "./view-types.ts";

export interface KindCard {
  kind: string;
  icon: IconName;
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
  /** The job that the fields were filled in from. */
  from: EarlierView | null;
  /** Null while a file has to be chosen. */
  when: ScheduleView | null;
  /** What is wrong with the whole, or empty. */
  error: string;
  submitLabel: string;
  /** "Usually 1-3 minutes", or empty */
  usually: string;
}

/** A job that was started before. */
export interface EarlierView {
  href: string;
  started: TimeView;
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
  from: EarlierView | null;
  when: ScheduleView;
  error: string;
  /** "Usually 1-3 minutes", or empty */
  usually: string;
  changeFileHref: string;
}

/** Where a job with the same input is active: nothing was started, and the person is asked. */
export interface AlreadyPage extends Page {
  /** "This job is running already" */
  heading: string;
  /** "You", "Ada Lovelace" */
  who: string;
  job: JobView;
  /** What starts another one: everything as it was sent. */
  action: string;
  hidden: HiddenField[];
}

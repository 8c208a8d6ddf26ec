/**
 * All that a file in `jobs/` may import: how a kind is described, and the context its `run` gets.
 * This file imports nothing of ours, so that a kind can be read, tested and moved on its own.
 */
import type { Kysely } from "kysely";
import { z } from "zod";

declare module "zod" {
  /** What an input field may say of itself with `.meta({ … })`, for the form that is made of it. */
  interface GlobalMeta {
    /** Above the field; default: its name in words. */
    label?: string;
    /** A sentence below the label. */
    help?: string;
    /** The words for the values of an enum. */
    options?: Record<string, string>;
    /** True for what nobody may read again, such as a password; one line of text shows as dots. */
    secret?: boolean;
    /** True for text of several lines. */
    multiline?: boolean;
    /** Made by `upload`: the media types of the file whose id the field holds. */
    upload?: string[];
    /** What a column of the uploaded file can hold, where the field maps columns by their number. */
    columns?: readonly { name: string; label: string }[];
  }
}

/** The icons of `views/shared/icons.eta`: a kind names one of them, buttons and pages use the same. */
export const iconNames = [
  "alert",
  "bell",
  "box",
  "chart",
  "check",
  "check-circle",
  "chevron-down",
  "chevron-right",
  "chevrons-down",
  "clock",
  "dashed-circle",
  "download",
  "export",
  "file",
  "import",
  "key",
  "logo",
  "mail",
  "monitor",
  "pause",
  "play",
  "plus",
  "refresh",
  "search",
  "sparkles",
  "spinner",
  "users",
  "x-circle",
] as const;

export type IconName = (typeof iconNames)[number];

export const defaultIcon: IconName = "box";

/** One kind of job. The name of its file in `jobs/` is its identifier. */
export interface Kind<
  Input extends z.ZodObject = z.ZodObject,
  Steps extends Record<string, number> = Record<string, number>,
> {
  /** What a person reads: "Import contacts". */
  title: string;
  /** One sentence below the title where a kind is chosen. */
  description: string;
  /** Stands beside the title, in lists and where a kind is chosen. Default "box". */
  icon?: IconName;
  /** What is checked before a job starts; the form is made from it. */
  input: Input;
  /** The stages by the name people read, each with its share of the whole (any unit). */
  steps: Steps;
  /** What an item is called in the plural: "rows". Default "items". */
  unit?: string;
  /** Running time, pauses not counted, after which a job fails as `timeout`: "90s", "10m", "2h". Default "1h". */
  timeout?: Duration;
  /** Time that `cleanup` has. Default "60s". */
  cleanupTimeout?: Duration;
  /** Waits before each automatic retry. Default 1, 4 and 16 s; `[]` for none. */
  retryAfter?: Duration[];
  /** Whether an error is worth another try. Default: `TryAgain`, and lost connections. */
  retryOn?: (error: unknown) => boolean;
  /** False where a half-done job would do harm: no Cancel is offered. Default true. */
  cancellable?: boolean;
  /** How long its files are kept, where that is less than the job itself: "72h". */
  keepFilesFor?: Duration;
  /**
   * True where a person who looks at the job's page when it ends well wants to go straight on to its
   * result. Default false: each person may choose that for all kinds.
   */
  opensResult?: boolean;
  /** The link to the result's page: "View imported contacts". Default "View result". */
  resultLabel?: string;
  /** The status of a job that rejected every item: "Nothing imported". Default "Done with rejects". */
  allRejectedLabel?: string;
  /** True for work that keeps a processor busy: it gets a runner process of its own. */
  alone?: boolean;
  /**
   * Lower goes first. Default 0. From -1,000 down a job does not wait until others of its account
   * have ended either, for which there are as many places again: for what puts an end to waiting.
   */
  priority?: number;
  /** True for a kind that acts on other jobs: then no such job is among these. */
  operatesOnJobs?: boolean;
  /** What a job is about, for telling it from others of its kind. Default: the name of its file. */
  subject?(input: z.output<Input>): string;
  /** Seconds a typical job takes, told before there is any history. */
  expectedSeconds?: number;
  /** The path of a page of this kind's own for starting it, where a made form does not do. */
  startPage?: string;
  /** False hides the kind from the page where a person chooses one. Default true. */
  listed?: boolean;
  /** What the steps count where it is not the unit: `{ "Reading the file": "bytes" }`. */
  stepUnits?: Partial<Record<keyof Steps & string, string>>;
  /**
   * Offers to try only the rows again that a job of this kind rejected: the file that it left of
   * them (role `rejects`) takes the place of the uploaded one.
   * @param value what a step of that job returned
   * @returns what else the new job is started with
   */
  inputForRejected?(
    input: z.output<Input>,
    value: (step: keyof Steps & string) => unknown,
  ): z.input<Input>;
  /**
   * Looks at a file that was just uploaded, so that the form can ask about its columns.
   * @param values what the person chose so far, as typed
   * @throws Refused where the file cannot be used; shown beside the file
   */
  preview?(file: ByteSource, values: Readonly<Record<string, unknown>>): Promise<FilePreview>;
  run(job: JobContext<keyof Steps & string>, input: z.output<Input>): Promise<Outcome>;
  /**
   * Called once a job was cancelled or failed for good, if it ever ran; again where that was
   * interrupted, so it must be safe to repeat. Has `cleanupTimeout`; then its signal fires, and what
   * does not end within 5 s of that is killed and not called again. Its scratch files are removed
   * anyway.
   */
  cleanup?(job: JobContext<keyof Steps & string>, input: z.output<Input>): Promise<void>;
  /** What a cancelled job leaves, a sentence. Default: the count of what was done. */
  kept?(job: JobContext<keyof Steps & string>): string;
}

/** How a job ended well. */
export interface Outcome {
  /** A sentence: "Imported 99,812 of 100,000, 188 rows rejected". */
  message: string;
  /** Path of a page that shows the result. Files are results by being written with `job.file`. */
  page?: string;
}

/** What a kind found out about an uploaded file. */
export interface FilePreview {
  /** "about 100,000 rows" */
  size: string;
  /** How the file is read: "Encoding", "UTF-8". */
  facts: { label: string; value: string }[];
  /** Its columns, each with what it seems to hold: one of the names in the field's `columns`, or "". */
  columns: { header: string; holds: string }[];
  /** The first rows as they stand in the file. */
  rows: string[][];
  /** Values of other input fields that the file suggests. */
  suggested?: Record<string, string>;
}

export type Duration = `${number}ms` | `${number}s` | `${number}m` | `${number}h`;

/** The counts of finished items: `done` is their sum. */
export interface Tally {
  succeeded: number;
  rejected: number;
  skipped: number;
}

/** One piece of a source, with the place (JSON) where reading goes on behind it. */
export interface Batch<Item, Cursor> {
  items: Item[];
  cursor: Cursor;
  /** How far the step is after this batch, in the unit of its total. Default: items so far. */
  done?: number;
  /** What the job says it is doing; none takes away what it said before. */
  message?: string;
}

export interface BatchOptions<Item, Cursor> {
  /** Reads on from a cursor, or from the start where it is undefined. */
  from(cursor: Cursor | undefined): AsyncIterable<Batch<Item, Cursor>>;
  /** The step's total, if known. */
  total?: number;
  /** Runs inside the transaction that keeps the cursor: database calls only. */
  write?(items: Item[], write: BatchWrite): Promise<Partial<Tally> | undefined>;
}

/** What a batch writes with: everything commits with its cursor or not at all. */
export interface BatchWrite {
  // biome-ignore lint/suspicious/noExplicitAny: a kind brings the types of its own tables.
  readonly db: Kysely<any>;
  /** Inserts rows sorted by their key, which is many times faster than random keys. */
  upsert(table: string, rows: readonly unknown[][], how: Upsert): Promise<Upserted>;
}

export interface Upsert {
  /** The columns that each row holds, in its order. */
  columns: readonly string[];
  /** The unique columns that make a row a duplicate. */
  key: readonly string[];
  /** Columns a duplicate overwrites; none here and below to leave it alone. */
  update: readonly string[];
  /** Columns a duplicate overwrites unless the new value is null. */
  updateIfGiven?: readonly string[];
}

export interface Upserted {
  inserted: number;
  updated: number;
  /** Duplicates left alone. */
  skipped: number;
}

/** Bytes that can be read from any place: an uploaded file. */
export interface ByteSource {
  name: string;
  size: number;
  /** @param from first byte, default 0 */
  read(from?: number): AsyncIterable<Uint8Array>;
}

/** Files of one job that live until it ends. Writing replaces the file whole, at once. */
export interface Scratch {
  write(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  read(name: string): AsyncIterable<Uint8Array>;
}

/** Which jobs: those that the list of jobs shows with this filter. */
export interface JobSelection {
  scope: "mine" | "account";
  statuses?: readonly string[] | undefined;
  kinds?: readonly string[] | undefined;
  /** What was typed into the search. */
  q?: string | undefined;
  /** ISO 8601; those that ended between these, and of what is not over what was started then. */
  from?: string | undefined;
  to?: string | undefined;
  /** What came or ended later is not meant. */
  until: string;
}

/**
 * Other jobs, as their person may act on them. Each action is safe to repeat, and is done with the
 * jobs that it fits; it tells how many these are, those of an earlier run of this job among them.
 */
export interface JobsApi {
  /** Ids, the last of the list first: what ended long ago, what waits, what runs. At most 100,000. */
  find(choice: JobSelection): Promise<string[]>;
  cancel(ids: readonly string[]): Promise<number>;
  /** Takes those that have ended off the list. */
  clear(ids: readonly string[]): Promise<number>;
  /** Starts those that have ended again, each once. */
  retry(ids: readonly string[]): Promise<number>;
  /** What they left: how many files, their bytes, and one ZIP archive of them. */
  files(ids: readonly string[]): Promise<JobFiles>;
}

export interface JobFiles {
  count: number;
  bytes: number;
  archive(): AsyncIterable<Uint8Array>;
}

/** What a run gets to work with: all that it may touch. */
export interface JobContext<Step extends string = string> {
  readonly id: string;
  readonly accountId: string;
  readonly userId: string;
  /** Fires on cancel, pause, deadline, shutdown and a lost lease. */
  readonly signal: AbortSignal;
  /** For reading. Writes belong into `batches`, which guards them. */
  // biome-ignore lint/suspicious/noExplicitAny: a kind brings the types of its own tables.
  readonly db: Kysely<any>;
  readonly scratch: Scratch;
  /** The counts so far, over all runs of this job. */
  readonly counts: Readonly<Tally>;
  /** Rows that a batch may upsert at once: more would make others wait, fewer cost time. */
  readonly batchRows: number;

  /** Runs a stage. One that finished in an earlier run is not run again: its value (JSON) was kept. */
  step<T>(name: Step, work: () => Promise<T>): Promise<T>;
  /** What a step returned that has finished, in this run or an earlier one. */
  value<T>(name: Step): T | undefined;
  /**
   * Goes through a source in batches, once in a step; after a crash, pause or retry it goes on
   * behind the last one.
   */
  batches<Item, Cursor>(options: BatchOptions<Item, Cursor>): Promise<void>;
  /** How far the current step is. Cheap enough for a hot loop: the last value wins. */
  progress(done: number, total?: number, message?: string): void;
  /** Counts a row as failed, under a reason people read; kept with the next batch. */
  reject(row: number, reason: string): void;
  /**
   * Says a line to the people who look at the job. Up to 1,000 a second and 100,000 a job are kept;
   * where more were dropped, a line of the log says so.
   */
  log(message: string, level?: "info" | "warn" | "error"): void;
  /**
   * Resolves after a while, rejects at once when the signal fires. A wait of a second or more is
   * counted into the estimate and is no standstill, so a kind that is allowed so much at a time had
   * better wait here than elsewhere.
   * @param reason what people are told meanwhile: "the service allows 100 letters a minute"
   */
  sleep(milliseconds: number, reason?: string): Promise<void>;
  /** Other jobs of the same person, or of the account where they may act on those. */
  readonly jobs: JobsApi;
  /** Opens a file that the account uploaded. */
  open(uploadId: string): Promise<ByteSource>;
  /** Writes a file that the job leaves for download. */
  file(
    file: { name: string; type: string; role?: "result" | "rejected" },
    chunks: AsyncIterable<Uint8Array | string>,
  ): Promise<void>;
}

/** The input or a credential is wrong: retried never, the message is shown to the person. */
export class Refused extends Error {
  override name = "Refused";
  /** What the person can do about it. */
  readonly advice: string | undefined;
  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

/** Something that passes: worth another try. The message is shown while the job waits. */
export class TryAgain extends Error {
  override name = "TryAgain";
}

/** Describes a kind; the types of input and step names follow from it. */
export function defineJob<Input extends z.ZodObject, const Steps extends Record<string, number>>(
  kind: Kind<Input, Steps>,
): Kind<Input, Steps> {
  return kind;
}

/** An input field that holds the id of an uploaded file of one of these media types. */
export function upload(...types: string[]): z.ZodString {
  return z.string().min(1, "Choose a file first").meta({ upload: types });
}

/**
 * The interface between kinds and the engine: how a kind is described, and the context that its
 * `run` gets. This file imports nothing of ours, so a kind can be read, tested and moved on its own.
 */
import type { Kysely, RawBuilder } from "kysely";
import { z } from "zod";

declare module "zod" {
  /** Metadata of an input field, set with `.meta({ … })`. The form is made from it. */
  interface GlobalMeta {
    /** The field's label. Default: its name in words. */
    label?: string;
    /** A sentence below the label. */
    help?: string;
    /** Labels for the values of an enum. */
    options?: Record<string, string>;
    /** True for a field that only programs and other jobs set: forms leave it out. */
    hidden?: boolean;
    /** For a field that is true or false: the text of a second button, which starts the job with it. */
    button?: string;
    /** True for a field that holds the id of another job: its page is linked. */
    job?: boolean;
    /** True for a password or token: pages and the API never show it again. */
    secret?: boolean;
    /** True for text of several lines. */
    multiline?: boolean;
    /** Set by `upload`: the media types of the file whose id the field holds. */
    upload?: string[];
    /** True for a field that says how the uploaded file is read: the form can read it again. */
    affectsPreview?: boolean;
    /** True for a field that chooses one of several tables in the file, each with its columns. */
    selectsTable?: boolean;
    /** True for a list whose values are chosen from `choices`, in an order: the form numbers them. */
    ordered?: boolean;
    /** The field applies only if another field has this value; it is refused otherwise. */
    onlyIf?: Readonly<Record<string, string>>;
    /** Set on a field that maps the columns of an uploaded file: what a column can hold. */
    columns?: readonly ColumnField[];
  }
}

/** What a column of an uploaded file can hold. */
export interface ColumnField {
  name: string;
  label: string;
  /** True if one column must hold it. */
  isRequired?: boolean;
  /** True for what columns become that the form has no room to ask about. */
  isDefault?: boolean;
}

/** The icons drawn in `views/shared/icons.eta`, for kinds, buttons and pages. */
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
  "undo",
  "users",
  "x-circle",
] as const;

export type IconName = (typeof iconNames)[number];

export const defaultIcon: IconName = "box";

/** One kind of job. The name of its file in `jobs/` is its identifier. */
export interface Kind<
  Input extends z.ZodObject = z.ZodObject,
  Steps extends Record<string, number> = Record<string, number>,
  Env extends z.ZodObject = z.ZodObject,
> {
  /** The name that people see: "Import contacts". */
  title: string;
  /** One sentence below the title on the page where a kind is chosen. */
  description: string;
  /** The icon beside the title. Default "box". */
  icon?: IconName;
  /** Validates the input before a job starts. The form is made from it. */
  input: Input;
  /**
   * Settings and secrets from the environment: `z.object({ FCM_KEY: z.string() })`. `run` gets them as
   * `job.env`. While one is missing no job of this kind can be started, and pages say which; the web
   * processes need them as well as the workers. Logs and errors of the kind show the name in place of
   * a value.
   */
  env?: Env;
  /** The name of each stage, as people see it, with its share of the whole job (any unit). */
  steps: Steps;
  /** The plural of an item: "rows". Default "items". */
  unit?: string;
  /**
   * A job that ran longer than this fails with `timeout`. Pauses, waits for a retry and the time in
   * `job.sleep` do not count. Default "1h".
   */
  timeout?: Duration;
  /** The time that `cleanup` may take. Default "60s". */
  cleanupTimeout?: Duration;
  /**
   * The wait before each automatic retry. Default 1, 4 and 16 s; `[]` for no retries. A retry that gets
   * to a new checkpoint begins at the first wait again. Waits that a service asked for, as `TryAgain` says,
   * use up none of these.
   */
  retryAfter?: Duration[];
  /**
   * Whether to retry after an error. Default: after `TryAgain`, lost connections and timeouts, those of
   * `fetch` and `AbortSignal.timeout` included, also as the cause of another error.
   */
  retryOn?: (error: unknown) => boolean;
  /** False if a half-done job would do harm: then people cannot cancel it. Default true. */
  cancellable?: boolean;
  /** How long the files of a job are kept: "72h". Default: as long as the job. */
  keepFilesFor?: Duration;
  /**
   * True to open the result when a job succeeds while its page is open. Default false: people choose
   * that for all kinds in their settings.
   */
  opensResult?: boolean;
  /** The text of the link to the result: "View imported contacts". Default "View result". */
  resultLabel?: string;
  /**
   * How the status reads when no item succeeded, but some were rejected or skipped: "Nothing imported".
   * Default "Done", or "Done with rejects".
   */
  nothingDoneLabel?: string;
  /** The word beside the number of items that succeeded: "imported". Default "done". */
  succeededLabel?: string;
  /**
   * How pages show `job.output`: "code" in a monospaced font, as terminals do; "prose" as text to read,
   * such as the answer of a model. Default "code".
   */
  output?: "code" | "prose";
  /** True for work that keeps a processor busy: the job gets a runner process of its own. */
  dedicatedRunner?: boolean;
  /**
   * A job with a lower number starts first. Default 0. A job at -1,000 or below starts even when its
   * account already runs as many jobs as it may; the limit counts such jobs separately. It is meant
   * for jobs that make room, such as cancelling many others.
   */
  priority?: number;
  /** True for a kind that acts on other jobs. `job.jobs` never finds jobs of such a kind. */
  operatesOnJobs?: boolean;
  /** Tells a job from others of its kind: "customers.csv". Default: the name of its file. */
  subject?(input: z.output<Input>): string;
  /** How long a typical job takes, seconds: shown until there are finished jobs to learn from. */
  expectedSeconds?: number;
  /** The path of a page that starts this kind. Default: a form made from `input`. */
  startPage?: string;
  /** False hides the kind on the page where people choose one. Default true. */
  listed?: boolean;
  /** Steps that count something other than `unit`: `{ "Reading the file": "bytes" }`. */
  stepUnits?: Partial<Record<keyof Steps & string, string>>;
  /**
   * @returns the identifier of the kind that runs a job with this input, if it is another one. It gets
   * the fields that it has
   */
  runsAs?(input: z.output<Input>): string | undefined;
  /**
   * Makes "Retry only the rejected rows" possible: the input of a new job whose uploaded file is the
   * one that the old job wrote with the role `rejected`.
   * @param input the input of the old job
   * @param stepResult what a step of the old job returned
   */
  inputForRejected?(
    input: z.output<Input>,
    stepResult: (step: keyof Steps & string) => unknown,
  ): z.input<Input>;
  /**
   * Jobs that a job of this kind may offer once it has ended, such as its undo. The names stand in
   * addresses; a run offers one with `job.offer`.
   */
  followUps?: Record<string, FollowUp<z.output<Input>>>;
  /**
   * With it, people mend rejected rows on a page instead of retrying them as they are.
   * @param reason why a row was rejected
   * @returns the column of the cell, from 0, that the reason is about, or undefined
   */
  rejectedColumn?(
    reason: string,
    input: z.output<Input>,
    stepResult: (step: keyof Steps & string) => unknown,
  ): number | undefined;
  /**
   * Inspects a file that was just uploaded, so that the form can ask about its columns.
   * It runs in a thread without environment and database, for 15 s and with 256 MB at most. All of the
   * result but `tryMapping` is plain data.
   * @param values the fields of the form so far, as typed
   * @throws Refused if the file cannot be used; the message is shown beside the file
   */
  preview?(file: ByteSource, values: Readonly<Record<string, unknown>>): Promise<FilePreview>;
  /**
   * Finds the options of fields that depend on the account's data. The form offers them: in a list of
   * texts as boxes to tick, else as a select. A start refuses other values of a list, or of one that
   * is `ordered`.
   * @param values the fields of the form so far, as typed, or the input of a start
   */
  choices?(account: AccountData, values: Readonly<Record<string, unknown>>): Promise<Choices>;
  /** Does the work. After a crash, pause or retry it is called again and skips finished steps. */
  run(
    job: JobContext<keyof Steps & string, z.output<Env>>,
    input: z.output<Input>,
  ): Promise<Outcome>;
  /**
   * Removes what a cancelled or failed job left elsewhere. It is called after the last run, and
   * again if it was interrupted, so it must be safe to repeat. It can log and save files. After `cleanupTimeout` the signal
   * fires; 5 s later the process is killed and `cleanup` is not called again. Scratch files are
   * removed without it.
   */
  cleanup?(
    job: JobContext<keyof Steps & string, z.output<Env>>,
    input: z.output<Input>,
  ): Promise<void>;
  /** A sentence on what a cancelled job left behind. Default: how many items were done. */
  cancelledMessage?(job: JobContext<keyof Steps & string>): string;
}

/** Options by field. A field with an empty list does not apply and is not shown. */
export type Choices = Readonly<Record<string, readonly Choice[]>>;

export interface Choice {
  value: string;
  label: string;
  /** False for a value that an `ordered` field leaves out unless a person chooses it. Default true. */
  isDefault?: boolean;
}

/** The data of the account for which a job is to start. */
export interface AccountData {
  readonly accountId: string;
  readonly userId: string;
  /** For reading: a statement that writes fails. */
  // biome-ignore lint/suspicious/noExplicitAny: a kind brings the types of its own tables.
  readonly db: Kysely<any>;
}

/** A job that another one offers to start. It can be started once. */
export interface FollowUp<Input = Record<string, unknown>> {
  /** The identifier of its kind. */
  kind: string;
  /** The text of the button: "Undo this import". */
  label: string;
  /** The name of the job in sentences: "Undo". */
  title: string;
  /** The word for it once the job is done: "Undone". */
  doneText: string;
  icon?: IconName;
  /** A page that asks first, for work that cannot be taken back. Default: the button starts the job. */
  confirmation?: { heading: string; text: string };
  /** @returns the input of the new job */
  input(job: OfferingJob<Input>): Record<string, unknown>;
}

/** The job that offers a follow-up. */
export interface OfferingJob<Input> {
  id: string;
  subject: string | null;
  input: Input;
}

/** The result of a job that succeeded. */
export interface Outcome {
  /** A sentence: "Imported 99,812 of 100,000, 188 rows rejected". */
  message: string;
  /**
   * What the job found, as JSON of at most 256 kB: the API has it, the page of the job lists it, and the
   * kind's own `views/jobs/<kind>/result.eta` gets it as `it.data`. Larger results belong into a file.
   */
  data?: unknown;
  /**
   * The path of a page of Headway that shows the result: "/contacts?job=…". Files written with
   * `job.file` need none. Without such a page the result has no link, and the log of the job says so.
   */
  page?: string;
}

/** The result of `preview` for an uploaded file. */
export interface FilePreview {
  /** "about 100,000 rows" */
  size: string;
  /** How the file is read: "Encoding", "UTF-8". */
  facts: { label: string; value: string }[];
  /** Options of fields that depend on the file. */
  choices?: Choices;
  /** Sentences on what is wrong with the file, which a person should know before the job starts. */
  warnings?: readonly string[];
  /**
   * The columns, each with what it seems to hold (a name from the field's `columns`, or "") and its
   * first values; none if it is empty as far as the file was read.
   */
  columns: { header: string; holds: string; samples: string[] }[];
  /** The first rows, unchanged. */
  rows: string[][];
  /** Suggested values for other input fields. */
  suggested?: Record<string, string>;
  /**
   * Tries a mapping on the first rows.
   * @param mapping by column, from 0, a name from the field's `columns`, or "" for a column that is skipped
   * @returns undefined if the mapping is refused
   */
  tryMapping?(mapping: Readonly<Record<string, string>>): MappingTrial | undefined;
}

/** What an import would make of the first rows of a file. */
export interface MappingTrial {
  /** "12 of the first 1,000 rows would be rejected" */
  summary: string;
  /** Why rows would be rejected, the most frequent reason first. */
  rejections: { reason: string; count: number }[];
  /** The fields under which the rows are saved. */
  header: string[];
  /** The first rows as they would be saved. */
  rows: string[][];
  /** What the table has no room for: "11 more custom fields, not shown here.", or empty. */
  note: string;
}

export type Duration = `${number}ms` | `${number}s` | `${number}m` | `${number}h`;

/** The counts of finished items. Their sum is the job's progress. */
export interface Tally {
  succeeded: number;
  rejected: number;
  skipped: number;
}

/**
 * The header of the column of reasons, the last one in a file with the role `rejected`. Files of people
 * have columns like "reason" themselves.
 */
export const reasonHeader = "Rejected because";

/** One piece of a source. Reading goes on behind `cursor` (JSON). */
export interface Batch<Item, Cursor> {
  items: Item[];
  cursor: Cursor;
  /** The step's progress after this batch, in the unit of its total. Default: items so far. */
  done?: number;
  /** The message beside the progress bar. Without one the last message goes. */
  message?: string;
}

export interface BatchOptions<Item, Cursor> {
  /** Reads the source behind the cursor, or from the start if it is undefined. */
  from(cursor: Cursor | undefined): AsyncIterable<Batch<Item, Cursor>>;
  /** The step's total, if known. */
  total?: number;
  /** Writes a batch inside of the transaction that saves the cursor: database calls only. */
  write?(items: Item[], write: BatchWrite): Promise<Partial<Tally> | undefined>;
}

/**
 * A list, anything that can be iterated, or a query. An iterable has to give the same items in the same
 * order in each run of the job. The rows of a query are read once, into memory, and kept as JSON for
 * later runs: for more than some 100,000 use `batches`.
 */
export type Items<Item> =
  | Iterable<Item>
  | AsyncIterable<Item>
  | { execute(): Promise<readonly Item[]> };

export interface EachOptions {
  /** The number of items, if it is known. Default: that of a list or query. */
  total?: number;
}

/** The transaction of a batch: its writes commit with the cursor or not at all. */
export interface BatchWrite {
  // biome-ignore lint/suspicious/noExplicitAny: a kind brings the types of its own tables.
  readonly db: Kysely<any>;
  /** Waits for the lock of this name, and holds it until the batch is committed. */
  lock(name: string): Promise<void>;
  /**
   * Inserts rows of which the table has none: faster than `upsert`, most of all on Postgres.
   * @returns the `id` of each row, which the database counts up
   */
  insert(table: string, columns: readonly string[], rows: readonly unknown[][]): Promise<number[]>;
  /** Inserts or updates rows. Rows sorted by their key are many times faster than others. */
  upsert(table: string, rows: readonly unknown[][], how: Upsert): Promise<Upserted>;
}

export interface Upsert {
  /** The columns of each row, in order. */
  columns: readonly string[];
  /** The unique columns that make a row a duplicate. */
  key: readonly string[];
  /** The columns that a duplicate overwrites. */
  update: readonly string[];
  /** The columns that a duplicate overwrites unless the new value is null. */
  updateIfGiven?: readonly string[];
}

export interface Upserted {
  inserted: number;
  updated: number;
  /** Duplicates that overwrote nothing. */
  skipped: number;
}

/** An uploaded file, readable from any byte. */
export interface ByteSource {
  name: string;
  size: number;
  /** @param from the first byte. Default 0. */
  read(from?: number): AsyncIterable<Uint8Array>;
}

/** Bytes at once or in chunks. Texts are encoded as UTF-8. */
export type Content =
  | string
  | Uint8Array
  | Iterable<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>;

/**
 * Temporary files of one job, deleted when it ends. They are in the storage of the application, so a
 * run on another machine finds them. A name has letters, digits, `.`, `_` and `-`.
 */
export interface Scratch {
  /** Replaces the file atomically. */
  write(name: string, content: Content): Promise<void>;
  /** Adds to the end of the file, all of it or nothing. Each call costs as much as a `write`. */
  append(name: string, content: Content): Promise<void>;
  /** The iteration throws at its start if there is no such file. */
  read(name: string): AsyncIterable<Uint8Array>;
  /** The names of all files, sorted. */
  list(): Promise<string[]>;
  /** Does nothing if there is no such file. */
  delete(name: string): Promise<void>;
  /**
   * A folder on the disk of this machine, in which programs read and write. It belongs to this run: it
   * is empty at first, and is deleted when the run ends, also for a pause, a retry or a long sleep.
   * Save with `write(name, createReadStream(path))` what a later run needs.
   * @returns its absolute path
   */
  folder(): Promise<string>;
}

export interface ExecOptions {
  /**
   * Called with each line that the program prints, without its end, before the next one is read. A
   * promise is awaited. If it throws, the program is stopped.
   */
  onLine?(line: string, stream: "stdout" | "stderr"): unknown;
  /** Written to the program's standard input. Default: nothing. */
  input?: Content;
  /** The folder in which it runs. Default: `scratch.folder()`. */
  cwd?: string;
  /** Variables to add to its environment, which is otherwise PATH, HOME, locale and time zone alone. */
  env?: Record<string, string>;
}

export interface ExecResult {
  /** The text that it printed to standard output, at most 10 MB. Empty with `onLine`. */
  stdout: string;
}

/** A filter for jobs, the same as on the list of jobs. */
export interface JobSelection {
  scope: "mine" | "account";
  statuses?: readonly string[] | undefined;
  kinds?: readonly string[] | undefined;
  /** A search by words. */
  q?: string | undefined;
  /** ISO 8601. Finished jobs by the time they ended, others by the time they were started. */
  from?: string | undefined;
  to?: string | undefined;
  /** ISO 8601. Jobs that were started or ended later are left out. */
  until: string;
}

/**
 * Actions on other jobs, with the rights of the person who started this one. Jobs that an action
 * does not fit are left alone. Each action is safe to repeat and returns how many jobs it reached,
 * earlier runs of this job included.
 */
export interface JobsApi {
  /** @returns at most 100,000 ids, from the end of the list: finished jobs, then queued, then running */
  find(choice: JobSelection): Promise<string[]>;
  cancel(ids: readonly string[]): Promise<number>;
  /** Hides finished jobs from the list. */
  clear(ids: readonly string[]): Promise<number>;
  /**
   * Starts each finished job again, from the first on, until the account has reached a limit. Jobs leave
   * a fifth of both limits to people.
   */
  retry(ids: readonly string[]): Promise<Retried>;
  /** @returns undefined if the person may not see the job */
  get(id: string): Promise<OtherJob | undefined>;
  /** The files that the jobs wrote. */
  files(ids: readonly string[]): Promise<JobFiles>;
}

export interface Retried {
  started: number;
  /** Number of ids before the limit, started or not; all of them without one. */
  processed: number;
  limit?: StartLimit;
}

/** The limit of an account that a start has reached. */
export interface StartLimit {
  of: "starts_per_minute" | "queued_jobs";
  max: number;
  /** Another start may succeed after this time. */
  retryAfterMs: number;
}

/** Another job of the account. */
export interface OtherJob {
  kind: string;
  isFinished: boolean;
  /** The result of a step that finished. */
  stepResult<T>(step: string): Promise<T | undefined>;
  /** @returns its first file of this role that has not expired, or undefined */
  open(role: FileRole): Promise<ByteSource | undefined>;
}

/**
 * `result`: what the job is for; `rejected`: the rows that it rejected; `internal`: only other jobs
 * can open it.
 */
export type FileRole = "result" | "rejected" | "internal";

export interface JobFiles {
  count: number;
  bytes: number;
  /** One ZIP archive of all files. */
  archive(): AsyncIterable<Uint8Array>;
}

/** Text that grows on the page of the job while it is written. */
export interface Output {
  /**
   * Adds text: a word, a line. Cheap enough for every word of a model, because pages get what was added
   * a few times a second. It stays with the job, which keeps at most 1,000,000 characters. A checkpoint (a
   * committed batch, a finished step) keeps the text before it. A run that goes on from there, after a
   * crash, a retry or a pause, begins without the text behind it, and appends that again.
   */
  append(text: string): void;
}

/** Everything that a run works with. */
export interface JobContext<
  Step extends string = string,
  // biome-ignore lint/suspicious/noExplicitAny: a helper of several kinds takes any of their settings.
  Env = any,
> {
  readonly id: string;
  readonly accountId: string;
  readonly userId: string;
  /** The settings and secrets that the kind declares with `env`. */
  readonly env: Env;
  /**
   * The job that a person or a program retried with this one; null for other jobs. An automatic retry is
   * another run of the same job.
   */
  readonly retryOf: string | null;
  /**
   * The ID of the job in which this work was begun: its own, or that of the first job before it, where
   * people retried jobs that failed or were cancelled. "Run again" on a job that is done begins anew, and so
   * does a retry of rejected rows or with an edited input. Make the idempotency key of a service of it,
   * such as `${job.firstJobId}-${index}`. Jobs that have expired are not known any more.
   */
  readonly firstJobId: string;
  /**
   * The number of this try: 1 for the first, 2 after one retry. It is the same for a whole run; the run
   * behind one that got to a new checkpoint counts from 1 again. Waits that a service asked for do not
   * raise it.
   */
  readonly attempt: number;
  /**
   * Fires on cancel, pause, timeout, shutdown and when another worker took the job over; also when the
   * job gives back its slot: behind a checkpoint for an account that has nothing running, or to sleep.
   */
  readonly signal: AbortSignal;
  /**
   * For reading: a statement that writes fails the job. Write in `batches`, so that each row is written
   * exactly once.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a kind brings the types of its own tables.
  readonly db: Kysely<any>;
  readonly scratch: Scratch;
  /** The counts so far, over all runs. */
  readonly counts: Readonly<Tally>;
  /** How many rows a batch should upsert: more would make other writers wait, fewer take longer. */
  readonly maxUpsertRows: number;

  /** Runs a stage, or returns its saved result (JSON) if it finished in an earlier run. */
  step<T>(name: Step, work: () => Promise<T>): Promise<T>;
  /** The result of a finished step, of this run or an earlier one. */
  stepResult<T>(name: Step): T | undefined;
  /**
   * Processes a source in batches, once in a step. After a crash, pause or retry it continues behind
   * the last committed batch.
   */
  batches<Item, Cursor>(options: BatchOptions<Item, Cursor>): Promise<void>;
  /**
   * Processes items one after another and saves a checkpoint behind each: after a crash, pause or retry
   * it continues with the first item whose `work` did not end. Each item counts as succeeded, unless
   * `work` returns "skipped" or calls `reject`. Once in a step; a kind with a single step needs no
   * `step` around it.
   *
   * Side effects belong into `work`: send the letter, call the service. If the process is killed right
   * behind it, before the checkpoint is saved, that one item is processed again, so give services an
   * idempotency key, such as `${job.firstJobId}-${index}`. Rows of this database belong into
   * `batches`, which writes them with the checkpoint: exactly once, and many at a time.
   * @param work gets the item and its index, from 0
   */
  each<Item>(
    items: Items<Item>,
    work: (item: Item, index: number) => unknown,
    options?: EachOptions,
  ): Promise<void>;
  /** Reports how far the current step is. Cheap enough for a hot loop: the last value wins. */
  progress(done: number, total?: number, message?: string): void;
  /**
   * Says how many items a later step will have, as far as that can be told by now. The estimate of the
   * remaining time uses it. As cheap as `progress`.
   */
  expect(step: Step, total: number): void;
  /**
   * Counts a row as rejected, with a reason for people; saved with the next checkpoint.
   * @param row its number as people count: the first is 1
   * @param label a text by which people know the row, such as its email address: shown beside the number
   * of each of the first ten rows of a reason, and cut after 80 characters
   */
  reject(row: number, reason: string, label?: string): void;
  /**
   * Writes a line to the job's log. At most 1,000 lines a second and 100,000 a job are kept; a line
   * in the log says where others were dropped. A line is cut after 500 characters.
   */
  log(message: string, level?: "info" | "warn" | "error"): void;
  /** Text that the job writes for people, such as the answer of a model or the output of a program. */
  readonly output: Output;
  /**
   * Waits, and rejects at once when the signal fires. Wait here rather than elsewhere: the estimate
   * of the remaining time takes waits of a second and more into account.
   *
   * A job that sleeps for 10 s or more takes no slot from other jobs: its run ends with a rejection of
   * this call, and after that time another one goes on from the last checkpoint (a finished step, a
   * committed batch), as after a crash. It runs the code between there and this call again, and the call
   * then returns at once. Sleep right behind a checkpoint if that code should not be repeated. Further
   * long sleeps before the next checkpoint, and concurrent ones, keep the slot.
   * @param reason shown meanwhile: "the service allows 100 letters a minute"
   */
  sleep(milliseconds: number, reason?: string): Promise<void>;
  /**
   * Runs a program without a shell, and waits until it and all processes of its group have ended. On
   * cancel, pause, timeout, shutdown and when the job makes room the whole group gets SIGTERM, after
   * 3 s SIGKILL, and the call rejects. If this process is killed, the group is killed too. A program
   * that makes itself a session of its own (`setsid`, a daemon) leaves the group.
   * @throws ExecError if its exit code is not 0; Refused if it is not installed
   */
  exec(command: string, args?: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Offers a follow-up of the kind, by its name, from the end of this job on. Safe to repeat. */
  offer(followUp: string): Promise<void>;
  /** Takes back an offer. Safe to repeat, also without an offer. */
  withdraw(followUp: string): Promise<void>;
  /** Other jobs of the person, or of the account if the person may act on those. */
  readonly jobs: JobsApi;
  /** Opens a file that the account uploaded. */
  open(uploadId: string): Promise<ByteSource>;
  /**
   * Writes a file for people to download. It replaces one of the same name and role that this job wrote
   * before.
   * @param file.items how many items it has, in the unit of the kind, if people should know
   */
  file(
    file: { name: string; type: string; role?: FileRole; items?: number },
    content: Content,
  ): Promise<void>;
}

/** The input or a credential is wrong. The job fails without a retry and shows the message. */
export class Refused extends Error {
  override name = "Refused";
  /** A sentence on how to put it right. */
  readonly advice: string | undefined;
  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

/**
 * An error that may pass. The job is retried and shows the message while it waits, as often as
 * `retryAfter` of its kind has waits. A retry that gets to a new checkpoint (a finished step, a
 * committed batch) renews them all.
 *
 * A wait of a second or more that a service asks for (`after`, `retryAfter`) uses up none of them. Without
 * a new checkpoint, such waits may add up to 24 h, where each counts as a minute at least; further ones
 * are retries like any other.
 */
export class TryAgain extends Error {
  override name = "TryAgain";
  /** The wait before the next try. Default: what `retryAfter` of the kind says. */
  readonly after: Duration | undefined;
  /** The `Retry-After` header of a response, in seconds or as an HTTP date (RFC 9110, 10.2.3). */
  readonly retryAfter: string | undefined;
  /**
   * @param options.after a wait, such as "90s". Throws TypeError if it is none
   * @param options.retryAfter `response.headers.get("retry-after")`. A header that is missing or cannot
   * be read changes nothing; a wait of more than a day counts as one day
   */
  constructor(
    message: string,
    options: { after?: Duration; retryAfter?: string | null; cause?: unknown } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    // Checked here, where the stack names the line of the kind.
    if (options.after !== undefined && !/^\d+(\.\d+)?(ms|s|m|h)$/.test(options.after))
      throw new TypeError(`"${options.after}" is not a duration such as "90s" or "2h"`);
    this.after = options.after;
    this.retryAfter = options.retryAfter ?? undefined;
  }
}

/** A program that `job.exec` ran did not succeed. */
export class ExecError extends Error {
  override name = "ExecError";
  readonly command: string;
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last 20 lines that it printed to standard error. The message has the last three. */
  readonly stderr: string;
  constructor(command: string, exit: Pick<ExecError, "exitCode" | "signal" | "stderr">) {
    const { exitCode, signal, stderr } = exit;
    const end = exitCode === null ? `was ended by ${signal}` : `exited with code ${exitCode}`;
    const lines = stderr.split("\n").filter((line) => line.trim() !== "");
    super([`${command} ${end}`, ...lines.slice(-3)].join(lines.length > 0 ? ": " : ""));
    this.command = command;
    this.exitCode = exitCode;
    this.signal = signal;
    this.stderr = stderr;
  }
}

/**
 * A file in `jobs/<kind>/migrations/`, which makes tables of the kind's own: it exports
 * `const up: Migration = async (db, dialect) => …`. Each runs once, by name, with the next start, and
 * never changes afterwards. The name of each table begins with that of the kind: "crawl_pages".
 */
export type Migration = (db: Kysely<unknown>, dialect: MigrationDialect) => Promise<void>;

/** The differences between SQLite and Postgres, for `sql` templates. */
export interface MigrationDialect {
  /** A number that the database counts up, for a primary key. */
  identity: RawBuilder<unknown>;
  /** Text that sorts and compares by its bytes. */
  bytewiseText: RawBuilder<unknown>;
  /** Bytes. */
  blob: RawBuilder<unknown>;
}

/** Describes a kind. The types of its input and step names are inferred. */
export function defineJob<
  Input extends z.ZodObject,
  const Steps extends Record<string, number>,
  Env extends z.ZodObject = z.ZodObject,
>(kind: Kind<Input, Steps, Env>): Kind<Input, Steps, Env> {
  return kind;
}

/**
 * An input field for an uploaded file of one of these media types. A kind has one field for files, which
 * is outside of other objects.
 */
export function upload(...types: string[]): z.ZodString {
  return z.string().min(1, "Choose a file first").meta({ upload: types });
}

/** Like `upload`, for any number of files: a list of ids. Limit it with `.min()` and `.max()`. */
export function uploads(...types: string[]): z.ZodArray<z.ZodString> {
  return z.array(upload(...types)).meta({ upload: types });
}

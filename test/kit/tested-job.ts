/** A job that a test has run to its end, with all that it left. */
import { buffer, text } from "node:stream/consumers";
import type { Backend } from "../../server/backend/backend.ts";
import type { JobRow } from "../../server/backend/schema.ts";
import { streamOutput } from "../../server/engine/job-output.ts";
import { offeredFollowUps } from "../../server/engine/offered-follow-ups.ts";
import { parseRejectedRows } from "../../server/engine/rejected-row.ts";
import type { FileRole, Kind, Tally } from "../../server/job.ts";
import type { Storage } from "../../server/storage/storage.ts";
import type { ReportedProgress, RowRecorder } from "./row-recorder.ts";

export interface TestedJob {
  id: string;
  status: "done" | "failed" | "cancelled";
  /** The sentence about how it ended, or empty. */
  message: string;
  /** The error of a failed job, or empty. */
  error: string;
  /** The advice of a `Refused`, or empty. */
  advice: string;
  /** "timeout", "error", "refused", "while_running", …; null for a job that is done */
  reason: string | null;
  /** The page that shows the result, or null. */
  page: string | null;
  /** What `run` returned as `data`, or null. */
  data: unknown;
  counts: Tally;
  /** How many automatic retries there were. */
  retries: number;
  /** How often the kind's `run` was called. */
  runs: number;
  /** The number of transactions of the last run. `killAt` and its like count these. */
  transactions: number;
  /** All that happened, in order, without samples of the progress. */
  events: { type: string; details: Record<string, unknown> }[];
  /** The lines of the log. */
  log: { level: string; message: string }[];
  /** The text that it wrote with `job.output`. */
  output: string;
  /** Each call of `job.progress` and each batch, in order. */
  progress: ReportedProgress[];
  files: TestedFile[];
  /** Why rows were rejected, and the numbers and labels of the first ones. */
  rejections: { reason: string; count: number; rows: number[]; labels: string[] }[];
  /** The names of the follow-ups that it offers. */
  offers: string[];
  /** How its row on the dashboard read, from the start to the end. */
  rows: string[];
  /** @throws unless the row showed these texts in this order: `job.shows("40 %", "Done")` */
  shows(...texts: string[]): void;
  /** @returns the HTML of its result, from the kind's own `result.eta` if it has one */
  result(): Promise<string>;
  /** Its row in the database, for all else. */
  row: JobRow;
}

export interface TestedFile {
  name: string;
  role: FileRole;
  /** The media type. */
  type: string;
  /** The number of its items, if the kind said it. */
  items: number | null;
  text: string;
  bytes: Buffer;
}

export async function readTestedJob(
  { backend, storage }: { backend: Backend; storage: Storage },
  row: JobRow,
  {
    kind,
    recorder,
    ...numbers
  }: { kind: Kind; recorder: RowRecorder } & Pick<TestedJob, "runs" | "transactions">,
): Promise<TestedJob> {
  const rows = recorder.rows();
  const events = await readEvents(backend, row.id);
  const { succeeded, rejected, skipped } = row;
  return {
    ...{ id: row.id, status: row.status as TestedJob["status"], row },
    message: row.outcome ?? "",
    error: row.error ?? "",
    advice: row.advice ?? "",
    reason: row.reason,
    page: row.result_page,
    data: await readData(backend, row.id),
    counts: { succeeded, rejected, skipped },
    // The row counts those since its last checkpoint.
    retries: events.filter(({ type }) => type === "retry_scheduled").length,
    ...numbers,
    events,
    log: await readLog(backend, row.id),
    output: await text(streamOutput(backend.db, row.id, 0)),
    progress: recorder.progress,
    files: await readFiles(backend, storage, row.id),
    rejections: await readRejections(backend, row.id),
    offers: offeredFollowUps(row, kind).map(([name]) => name),
    rows,
    shows: (...texts) => assertShown(rows, texts),
    result: () => recorder.result(),
  };
}

function assertShown(rows: readonly string[], texts: readonly string[]): void {
  let from = 0;
  for (const text of texts) {
    const found = rows.findIndex((row, index) => index >= from && row.includes(text));
    if (found === -1) {
      const shown = rows.map((row) => `  ${row}`).join("\n");
      const place = from === 0 ? "" : " after the texts before it";
      throw new Error(`The row never showed "${text}"${place}. It showed:\n${shown}`);
    }
    from = found;
  }
}

async function readData({ db }: Backend, id: string): Promise<unknown> {
  const found = db.selectFrom("job_results").select("data").where("job_id", "=", id);
  return JSON.parse((await found.executeTakeFirst())?.data ?? "null");
}

async function readEvents({ db }: Backend, id: string) {
  const events = db.selectFrom("job_events").selectAll().where("job_id", "=", id);
  const rows = await events.where("type", "!=", "progress").orderBy("seq").execute();
  return rows.map(({ type, details }) => ({ type, details: JSON.parse(details ?? "{}") ?? {} }));
}

async function readLog({ db }: Backend, id: string) {
  const lines = db.selectFrom("job_logs").select(["level", "message"]).where("job_id", "=", id);
  return lines.orderBy("seq").execute();
}

async function readFiles({ db }: Backend, storage: Storage, id: string): Promise<TestedFile[]> {
  const files = db.selectFrom("files").selectAll().where("job_id", "=", id);
  const rows = await files.orderBy("created_at").orderBy("name").execute();
  return Promise.all(
    rows.map(async ({ name, role, media_type, items, storage_key }) => {
      const bytes = await buffer(storage.read(storage_key));
      const text = bytes.toString();
      return { name, role: role as FileRole, type: media_type, items, text, bytes };
    }),
  );
}

async function readRejections({ db }: Backend, id: string) {
  const rejections = db.selectFrom("job_rejections").selectAll().where("job_id", "=", id);
  const rows = await rejections.orderBy("count", "desc").orderBy("reason").execute();
  return rows.map(({ reason, count, first_rows }) => {
    const first = parseRejectedRows(first_rows);
    const [numbers, labels] = [first.map(({ row }) => row), first.map(({ label }) => label)];
    return { reason, count, rows: numbers, labels };
  });
}

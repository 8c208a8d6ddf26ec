/** The queries of jobs for routes and the live path, which contain no queries themselves. */
import type { Backend } from "../backend/backend.ts";
import type {
  AuditRow,
  DownloadableFile,
  EventRow,
  ExpiredJobRow,
  FileRow,
  JobRejectionRow,
  JobRow,
  LogRow,
  StepRow,
} from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { isAvailable, listJobFiles } from "../storage/job-files.ts";
import type { Previews } from "../storage/result-previews.ts";
import { listAudit } from "./audit.ts";
import { withQueuePositions } from "./eta/queue-positions.ts";
import { readTypicalDurations, type TypicalDurations } from "./eta/typical-durations.ts";
import { listEvents, listNextEvents } from "./event-reader.ts";
import {
  type LogPage,
  type LogPosition,
  linesPerPage,
  type MinLevel,
  readLogPage,
  streamLog,
} from "./job-log.ts";
import { type OutputPart, readOutput, streamOutput } from "./job-output.ts";
import { type JobSummaryRow, jobSummaryColumns } from "./job-summary.ts";
import { countByStatus, type StatusCounts } from "./list/counts.ts";
import { findCreatedSince, type JobOwner, listCreatedSince } from "./list/created-jobs.ts";
import { countJobs, type JobList, listJobs } from "./list/list.ts";
import type { JobFilter } from "./list/list-ranges.ts";
import { type SearchMatches, searchJobs } from "./list/search.ts";

/** The owner of a list of jobs: an account, or one member of it. */
export interface ListOwner {
  accountId: string;
  userId?: string | undefined;
}

export interface JobReader {
  /** @returns the whole row */
  get(id: string): Promise<JobRow | undefined>;
  /** @returns the whole rows of the jobs that exist, in no order */
  getMany(ids: readonly string[]): Promise<JobRow[]>;
  /** @returns the columns that pages show, in no order, `withWaits` */
  summaries(ids: readonly string[]): Promise<readonly JobSummaryRow[]>;
  /** @returns the same rows with what they wait for: their position in the queue, a worker */
  withWaits<Row extends Pick<JobRow, "id" | "status" | "account_id" | "run_at">>(
    rows: readonly Row[],
  ): Promise<readonly (Row & Pick<JobSummaryRow, "queuePosition" | "lacksWorker">)[]>;
  /** @returns the owners of the jobs, which decide who may see them */
  owners(ids: readonly string[]): Promise<JobOwner[]>;
  /** @returns the columns on which the counts of a list depend */
  listStates(ids: readonly string[]): Promise<ListState[]>;
  /** @returns the record of a job that was deleted after its retention */
  getRemoved(id: string): Promise<ExpiredJobRow | undefined>;

  /** @returns the steps by position */
  steps(id: string): Promise<StepRow[]>;
  /** @returns the steps of several jobs by job id and position */
  stepsByJob(ids: readonly string[]): Promise<ReadonlyMap<string, StepRow[]>>;

  /** @returns the last `linesPerPage` log lines after that number */
  logTail(id: string, after: number): Promise<LogRow[]>;
  /** @returns the first log lines after that number, of one level or of all */
  logLines(
    id: string,
    page: { after: number; limit: number; level?: LogRow["level"] | undefined },
  ): Promise<LogRow[]>;
  logPage(id: string, position: LogPosition, minLevel?: MinLevel): Promise<LogPage>;
  /** Yields all log lines page by page. */
  wholeLog(id: string, minLevel?: MinLevel): AsyncIterable<LogRow[]>;

  /** @returns the text that the job has written behind a position, at most the end of it */
  output(id: string, after: number): Promise<OutputPart>;
  /** Yields the whole text piece by piece, or all of it behind a position. */
  wholeOutput(id: string, from?: number): AsyncIterable<string>;

  /** @returns the events after number `after`, by number */
  events(id: string, after: number, limit: number): Promise<EventRow[]>;
  /** @returns the same events, and whether the job's last event has been read */
  nextEvents(
    id: string,
    after: number,
    limit: number,
  ): Promise<{ events: EventRow[]; ended: boolean }>;

  /** @returns the files of a job, their previews, the reasons for rejected rows, its input and data */
  results(id: string): Promise<StoredResults>;

  /** @returns what the kinds of the jobs returned as data, by job id */
  resultData(ids: readonly string[]): Promise<ReadonlyMap<string, unknown>>;

  /** @returns the audit log of a job, the latest entries first */
  audit(id: string, limit: number): Promise<AuditRow[]>;
  /** See `readTypicalDurations`. @param kinds default: all */
  typicalDurations(accountId: string, kinds?: readonly string[]): Promise<TypicalDurations>;

  /** @param text as typed, not empty @returns the value of `JobFilter.search` */
  search(owner: ListOwner, text: string): Promise<SearchMatches>;

  /** @returns one page of a list of jobs */
  list<Also extends keyof JobRow = never>(
    filter: JobFilter,
    page: { limit: number; after?: string | undefined; also?: readonly Also[] },
  ): Promise<JobList<Also>>;
  /** @returns the number of matching jobs, or `max + 1` if there are more than `max` */
  count(filter: JobFilter, max: number): Promise<number>;
  countByStatus(owner: ListOwner): Promise<StatusCounts>;
  /** @returns ids of jobs that were created since a time (ms since 1970), the latest first */
  createdSince(owner: ListOwner, since: number, limit: number): Promise<string[]>;
  /** @returns the jobs among `ids`, or else among all active ones, that were created since a time */
  findCreatedSince(since: number, ids?: readonly string[]): Promise<JobOwner[]>;
}

export type ListState = JobOwner & Pick<JobRow, "status" | "hidden_at">;

/** The preview of a file, ready to show. */
type Preview = NonNullable<Awaited<ReturnType<Previews["get"]>>>;

export interface StoredResults {
  /** Includes expired files. */
  files: DownloadableFile[];
  /** The most frequent reason first. */
  rejections: JobRejectionRow[];
  /** By file id. Expired files, and files that cannot be previewed, have none. */
  previews: ReadonlyMap<string, Preview>;
  /** The input of the job, with its secrets. */
  input: Record<string, unknown>;
  /** The data that the kind returned; null without. */
  data: unknown;
}

/** Maximum number of previews per job. */
const maxPreviews = 3;

/**
 * @param previews reads previews of files for `results`; default: no previews
 * @param isWorkerMissing whether no worker is alive; default: one is
 */
export function createJobReader({
  backend,
  catalog,
  previews,
  isWorkerMissing = () => false,
}: {
  backend: Pick<Backend, "db" | "now">;
  catalog: Catalog;
  previews?: Previews;
  isWorkerMissing?: () => boolean;
}): JobReader {
  const { db } = backend;

  const withWaits: JobReader["withWaits"] = async (rows) => {
    const placed = await withQueuePositions(backend, rows);
    if (!isWorkerMissing()) return placed;
    const now = backend.now();
    return placed.map((row) => ({ ...row, lacksWorker: needsWorker(row, now) }));
  };

  async function previewsOf(files: readonly FileRow[]): Promise<Map<string, Preview>> {
    if (!previews) return new Map();
    const now = backend.now();
    const some = files.filter((file) => isAvailable(file, now)).slice(0, maxPreviews);
    const read = await Promise.all(some.map((file) => previews.get(file)));
    return new Map(some.flatMap(({ id }, index) => (read[index] ? [[id, read[index]]] : [])));
  }

  return {
    get: (id) => db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirst(),
    async getMany(ids) {
      if (ids.length === 0) return [];
      return db.selectFrom("jobs").selectAll().where("id", "in", ids).execute();
    },
    async summaries(ids) {
      if (ids.length === 0) return [];
      const rows = db.selectFrom("jobs").select(jobSummaryColumns).where("id", "in", ids);
      return withWaits(await rows.execute());
    },
    withWaits,
    async owners(ids) {
      if (ids.length === 0) return [];
      const jobs = db.selectFrom("jobs").select(["id", "account_id", "user_id"]);
      return jobs.where("id", "in", ids).execute();
    },
    async listStates(ids) {
      if (ids.length === 0) return [];
      const columns = ["id", "account_id", "user_id", "status", "hidden_at"] as const;
      return db.selectFrom("jobs").select(columns).where("id", "in", ids).execute();
    },
    getRemoved: (id) =>
      db.selectFrom("expired_jobs").selectAll().where("id", "=", id).executeTakeFirst(),

    steps: (id) =>
      db.selectFrom("job_steps").selectAll().where("job_id", "=", id).orderBy("position").execute(),
    async stepsByJob(ids) {
      if (ids.length === 0) return new Map();
      const rows = db.selectFrom("job_steps").selectAll().where("job_id", "in", ids);
      return Map.groupBy(await rows.orderBy("position").execute(), (row) => row.job_id);
    },

    async logTail(id, after) {
      const lines = await db
        .selectFrom("job_logs")
        .selectAll()
        .where("job_id", "=", id)
        .where("seq", ">", after)
        .orderBy("seq", "desc")
        .limit(linesPerPage)
        .execute();
      return lines.reverse();
    },
    logLines(id, { after, limit, level }) {
      let lines = db
        .selectFrom("job_logs")
        .selectAll()
        .where("job_id", "=", id)
        .where("seq", ">", after);
      if (level) lines = lines.where("level", "=", level);
      return lines.orderBy("seq").limit(limit).execute();
    },
    logPage: (id, position, minLevel) => readLogPage(db, id, position, minLevel),
    wholeLog: (id, minLevel) => streamLog(db, id, minLevel),

    output: (id, after) => readOutput(db, id, after),
    wholeOutput: (id, from = 0) => streamOutput(db, id, from),

    events: (id, after, limit) => listEvents(db, id, after, limit),
    nextEvents: (id, after, limit) => listNextEvents(db, id, after, limit),

    async results(id) {
      const files = await listJobFiles(backend, id);
      const rejections = await db
        .selectFrom("job_rejections")
        .selectAll()
        .where("job_id", "=", id)
        .orderBy("count", "desc")
        .execute();
      const row = await db
        .selectFrom("jobs")
        .leftJoin("job_results", "job_results.job_id", "jobs.id")
        .select(["jobs.input", "job_results.data"])
        .where("jobs.id", "=", id)
        .executeTakeFirst();
      const input = JSON.parse(row?.input ?? "{}");
      const data = JSON.parse(row?.data ?? "null");
      return { files, rejections, previews: await previewsOf(files), input, data };
    },

    async resultData(ids) {
      if (ids.length === 0) return new Map();
      const rows = db.selectFrom("job_results").selectAll().where("job_id", "in", ids);
      return new Map((await rows.execute()).map(({ job_id, data }) => [job_id, JSON.parse(data)]));
    },

    audit: (id, limit) => listAudit(db, id, limit),
    typicalDurations: (accountId, kinds) => readTypicalDurations(db, catalog, accountId, kinds),

    search: (owner, text) => searchJobs(db, catalog, owner, text),
    list: (filter, page) => listJobs(db, filter, page),
    count: (filter, max) => countJobs(db, filter, max),
    countByStatus: (owner) => countByStatus(db, owner),
    createdSince: (owner, since, limit) => listCreatedSince(db, owner, since, limit),
    findCreatedSince: (since, ids) => findCreatedSince(db, since, ids),
  };
}

function needsWorker({ status, run_at }: Pick<JobRow, "status" | "run_at">, now: number): boolean {
  return status === "running" || (status === "queued" && run_at <= now);
}

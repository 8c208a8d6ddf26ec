/** The actions of a job on other jobs, limited to those that its owner may act on. */
import type { AuditSource } from "../../backend/enums.ts";
import type { JobRow } from "../../backend/schema.ts";
import {
  type JobSelection,
  type JobsApi,
  type OtherJob,
  Refused,
  type Retried,
  type StartLimit,
} from "../../job.ts";
import type { LimitReached } from "../../limit-reached.ts";
import type { RunLimits, StartLimits } from "../../limits.ts";
import { type ArchiveEntry, listArchiveEntries } from "../../storage/archive-entries.ts";
import { findJobFile } from "../../storage/job-files.ts";
import { createZip } from "../../storage/zip.ts";
import { recordDownloads } from "../audit.ts";
import { type BulkAction, cancelMany, clearMany, retryUpToLimit } from "../bulk.ts";
import { listIds } from "../list/list.ts";
import type { JobFilter } from "../list/list-ranges.ts";
import { searchJobs } from "../list/search.ts";
import { isFinal, statuses } from "../status.ts";
import type { JobPolicy, Run } from "./run.ts";

/** Maximum number of ids that `find` returns. */
const maxIds = 100_000;
/** Number of jobs whose rows `files` reads at once. */
const maxIdsPerRead = 1_000;
/** The share of its account's starts that a job leaves to people. */
const shareOfPeople = 0.2;

export function createJobsApi(run: Run): JobsApi {
  const { row, backend, catalog } = run;
  const context = { backend, catalog, by: row.user_id, since: row.created_at };

  async function policy(): Promise<JobPolicy> {
    const found = await run.policyFor(row.user_id, row.account_id);
    if (!found) throw new Refused("You are no longer a member of this account");
    return found;
  }

  /** Leaves out jobs that operate on jobs, such as this one. */
  async function read(ids: readonly string[]): Promise<JobRow[]> {
    if (ids.length === 0) return [];
    const { mayAct } = await policy();
    const rows = await backend.db.selectFrom("jobs").selectAll().where("id", "in", ids).execute();
    const found = new Map(rows.map((each) => [each.id, each]));
    return ids
      .flatMap((id) => found.get(id) ?? [])
      .filter((each) => mayAct(each) && !catalog.get(each.kind)?.operatesOnJobs);
  }

  const all = (act: BulkAction) => async (ids: readonly string[]) => act(context, await read(ids));

  return {
    async find(choice) {
      const visible = (await policy()).list(choice.scope);
      const search = choice.q
        ? await searchJobs(backend.db, catalog, visible, choice.q)
        : undefined;
      const filter: JobFilter = { ...filterOf(choice), ...visible, search, notKinds: actors() };
      return (await listIds(backend.db, filter, maxIds)).reverse();
    },
    cancel: all(cancelMany),
    clear: all(clearMany),
    retry: async (ids) => retry(ids, await read(ids)),
    async get(id) {
      const [job] = await read([id]);
      return job && otherJob(run, job);
    },
    async files(ids) {
      const entries: ArchiveEntry[] = [];
      for (let from = 0; from < ids.length; from += maxIdsPerRead) {
        const jobs = await read(ids.slice(from, from + maxIdsPerRead));
        const some = jobs.map(({ id }) => id);
        entries.push(...(await listArchiveEntries(run, some)));
      }
      await recordDownloads(backend, { userId: row.user_id, via: await startedVia(run) }, entries);
      const bytes = entries.reduce((sum, { size }) => sum + (size ?? 0), 0);
      return { count: entries.length, bytes, archive: () => createZip(entries) };
    },
  };

  async function retry(ids: readonly string[], jobs: readonly JobRow[]): Promise<Retried> {
    const limits = limitsOfJobs(run.limits);
    const { count, stopped } = await retryUpToLimit({ ...context, limits }, jobs);
    if (!stopped) return { started: count, processed: ids.length };
    const processed = ids.indexOf(stopped.at.id);
    return { started: count, processed, limit: startLimit(stopped.by, run.limits) };
  }

  function actors(): string[] {
    return [...catalog].filter(([, kind]) => kind.operatesOnJobs).map(([name]) => name);
  }
}

/** Without a share for people nobody could start anything while a job retries thousands. */
function limitsOfJobs({ maxStartsPerMinute, maxQueuedJobs }: RunLimits): StartLimits {
  const shareOf = (max: number) => Math.max(1, Math.floor(max * (1 - shareOfPeople)));
  return {
    maxStartsPerMinute: shareOf(maxStartsPerMinute),
    maxQueuedJobs: shareOf(maxQueuedJobs),
  };
}

function startLimit({ limit, retryAfterSeconds }: LimitReached, limits: RunLimits): StartLimit {
  const retryAfterMs = retryAfterSeconds * 1_000;
  return limit === "maxQueuedJobs"
    ? { of: "queued_jobs", max: limits.maxQueuedJobs, retryAfterMs }
    : { of: "starts_per_minute", max: limits.maxStartsPerMinute, retryAfterMs };
}

/** How the person started this job, and so asked for the files. */
async function startedVia({ backend, row }: Run): Promise<AuditSource> {
  const started = await backend.db
    .selectFrom("job_audit_entries")
    .select("via")
    .where("job_id", "=", row.id)
    .where("action", "=", "started")
    .executeTakeFirst();
  return started?.via ?? "page";
}

function otherJob({ backend, storage }: Run, { id, kind, status }: JobRow): OtherJob {
  return {
    kind,
    isFinished: isFinal(status),
    async stepResult<T>(name: string) {
      const step = await backend.db
        .selectFrom("job_steps")
        .select("result")
        .where("job_id", "=", id)
        .where("name", "=", name)
        .where("status", "=", "done")
        .executeTakeFirst();
      return step && (JSON.parse(step.result ?? "null") as T);
    },
    async open(role) {
      const file = await findJobFile(backend, id, role);
      const size = file && (await storage.size(file.storage_key));
      if (!file || size === undefined) return undefined;
      const read = (from = 0) => storage.read(file.storage_key, { from });
      return { name: file.name, size, read };
    },
  };
}

type ChosenFilter = Pick<JobFilter, "statuses" | "kinds" | "period">;

function filterOf({ statuses: wanted, kinds, from, to, until }: JobSelection): ChosenFilter {
  const before = Date.parse(until) + 1;
  const last = to === undefined ? before : Math.min(before, Date.parse(to));
  return {
    statuses: wanted && statuses.filter((status) => wanted.includes(status)),
    kinds,
    period: { from: from === undefined ? undefined : Date.parse(from), to: last },
  };
}

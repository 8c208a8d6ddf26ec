/** Adds the queue position and the estimated start to queued jobs. */
import { type Kysely, sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import type { JobRow, Schema } from "../../backend/schema.ts";
import type { QueuePosition } from "../job-summary.ts";
import { estimateDuration } from "./duration-estimate.ts";
import { accountKindKey, listPastJobs } from "./past-jobs.ts";
import { computeStartTimes } from "./start-times.ts";

/** A job behind this position gets no number. */
const maxPosition = 100;

/**
 * Needs a fixed number of queries: the head of each account's queue in the order of the claims
 * (`server/backend/…/queue.ts`), its running jobs, and past jobs of their kinds. A start is estimated
 * only while the account is at its limit of running jobs, because otherwise the job waits for a
 * worker, which cannot be predicted.
 * @returns the same rows; those that are due have a position
 */
export async function withQueuePositions<
  Row extends Pick<JobRow, "id" | "status" | "account_id" | "run_at">,
>(
  { db, now: clock }: Pick<Backend, "db" | "now">,
  rows: readonly Row[],
): Promise<readonly (Row & { queuePosition?: QueuePosition })[]> {
  const now = clock();
  const due = rows.filter(({ status, run_at }) => status === "queued" && run_at <= now);
  if (due.length === 0) return rows;
  const ids = [...new Set(due.map((row) => row.account_id))];
  const queues = await listQueues(db, ids, now);
  const full = await findFullAccounts(db, ids);
  const starts = await estimateStarts(db, queues, full, now);
  return rows.map((row) => {
    if (row.status !== "queued" || row.run_at > now) return row;
    const index = queues.get(row.account_id)?.findIndex(({ id }) => id === row.id) ?? -1;
    const isNumbered = index >= 0 && index < maxPosition;
    const startsAt = isNumbered ? (starts.get(row.account_id)?.[index] ?? null) : null;
    const position = isNumbered ? index + 1 : null;
    const runningAtLimit = full.get(row.account_id) ?? null;
    return { ...row, queuePosition: { position, startsAt, runningAtLimit } };
  });
}

type QueuedJob = Pick<JobRow, "id" | "account_id" | "kind" | "input_bytes" | "priority" | "run_at">;

/** @returns the due jobs by account, in the order in which workers claim them */
async function listQueues(
  db: Kysely<Schema>,
  accounts: readonly string[],
  now: number,
): Promise<Map<string, QueuedJob[]>> {
  const queues = accounts.map(
    (id) => sql`select * from (
      select id, account_id, kind, input_bytes, priority, run_at from jobs
      where account_id = ${id} and status = 'queued' and run_at <= ${now}
      order by priority, run_at, id limit ${maxPosition}) as part`,
  );
  const { rows } = await sql<QueuedJob>`${sql.join(queues, sql` union all `)}`.execute(db);
  rows.sort((a, b) => a.priority - b.priority || a.run_at - b.run_at || (a.id < b.id ? -1 : 1));
  return Map.groupBy(rows, (row) => row.account_id);
}

/** @returns the number of running jobs of each account that is at its limit */
async function findFullAccounts(
  db: Kysely<Schema>,
  accounts: readonly string[],
): Promise<Map<string, number>> {
  const full = await db
    .selectFrom("accounts")
    .select(["id", "running_jobs"])
    .where("id", "in", accounts)
    .whereRef("running_jobs", ">=", "max_running_jobs")
    .execute();
  return new Map(full.map(({ id, running_jobs }) => [id, running_jobs]));
}

/** @returns start times in ms by account, in the order of its queue; null if unknown */
async function estimateStarts(
  db: Kysely<Schema>,
  queues: ReadonlyMap<string, QueuedJob[]>,
  full: ReadonlyMap<string, number>,
  now: number,
): Promise<Map<string, (number | null)[]>> {
  if (full.size === 0) return new Map();
  const running = await listRunning(db, [...full.keys()]);
  const jobs = [...running, ...[...full.keys()].flatMap((id) => queues.get(id) ?? [])];
  const kinds = new Map(
    jobs.map(({ account_id, kind }) => {
      const each = { accountId: account_id, kind };
      return [accountKindKey(each), each];
    }),
  );
  const past = await listPastJobs(db, [...kinds.values()]);
  const typicalMs = ({
    account_id,
    kind,
    input_bytes,
  }: Pick<QueuedJob, "account_id" | "kind" | "input_bytes">) =>
    estimateDuration(past.get(accountKindKey({ accountId: account_id, kind })) ?? [], input_bytes)
      ?.ms ?? null;
  const byAccount = Map.groupBy(running, (job) => job.account_id);
  return new Map(
    [...full].map(([id, slots]) => {
      const remaining = (byAccount.get(id) ?? []).map((job) =>
        remainingMs(job, typicalMs(job), now),
      );
      const starts = computeStartTimes(remaining, (queues.get(id) ?? []).map(typicalMs), slots);
      return [id, starts.map((ms) => (ms === null ? null : now + ms))];
    }),
  );
}

type RunningJob = Pick<
  JobRow,
  | "account_id"
  | "kind"
  | "input_bytes"
  | "eta_earliest"
  | "eta_latest"
  | "running_ms"
  | "claimed_at"
>;

function listRunning(db: Kysely<Schema>, accounts: readonly string[]): Promise<RunningJob[]> {
  return db
    .selectFrom("jobs")
    .select([
      "account_id",
      "kind",
      "input_bytes",
      "eta_earliest",
      "eta_latest",
      "running_ms",
      "claimed_at",
    ])
    .where("account_id", "in", accounts)
    .where("status", "=", "running")
    .where("finished_at", "is", null)
    .execute();
}

/** Uses the job's own estimate, or else the typical duration; null once the job exceeds that. */
function remainingMs(job: RunningJob, typical: number | null, now: number): number | null {
  const { eta_earliest, eta_latest, running_ms, claimed_at } = job;
  if (eta_earliest !== null && eta_latest !== null && eta_latest >= now) {
    return Math.max(0, (eta_earliest + eta_latest) / 2 - now);
  }
  const ms = typical === null ? -1 : typical - running_ms - (now - claimed_at!);
  return ms >= 0 ? ms : null;
}

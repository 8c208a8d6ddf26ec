/**
 * Every worker sweeps every `sweepIntervalMs`: it removes lost workers, rescues their jobs, and
 * enqueues overdue jobs whose queue entry was lost.
 */
import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import { hasCapacity } from "../../backend/claim-sql.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Log } from "../../log.ts";
import { rescue } from "../finish.ts";
import type { RunningJob } from "./heartbeat.ts";

export const sweepIntervalMs = 1_000;
/** A worker is lost if its heartbeat counter does not grow for this long. */
export const lostAfterMs = 5_000;
/**
 * The sweeper must have observed the counter itself for this part of `lostAfterMs`, without a gap:
 * while the database was away nobody could send a heartbeat.
 */
const minObservedMs = 2_500;
/** A queued job that is overdue for this long has lost its queue entry. */
const overdueMs = 5_000;
const maxEnqueued = 50;
/** A worker may have been silent for this long when the sweeper first observes its counter. */
const maxUnobservedMs = lostAfterMs - minObservedMs;
/** The worker of an ended job has this long to start the cleanup itself. */
const cleanupAfterMs = 8_000;
/** A worker that claimed a cleanup has this long before another worker may claim it. */
export const cleanupLeaseMs = 30_000;
const repairIntervalMs = 60_000;

export interface Sweeper {
  /** @param ownId the worker that sweeps, which does not check itself */
  sweep(ownId: string): Promise<void>;
}

/** @param monotonic a clock in ms that no one can set, unlike the time of day */
export function createSweeper(
  backend: Backend,
  log: Log,
  monotonic: () => number = () => performance.now(),
): Sweeper {
  /** For each worker its last known counter, and when that was first observed. */
  const observed = new Map<string, { count: number; at: number }>();
  let observedAt = Number.NEGATIVE_INFINITY;
  let repairedAt = Number.NEGATIVE_INFINITY;

  async function findLostWorkers(ownId: string): Promise<string[]> {
    const queriedAt = monotonic();
    const workers = await backend.db
      .selectFrom("workers")
      .select(["id", "heartbeat_count", "last_heartbeat_at"])
      .execute();
    const at = monotonic();
    // Counts from the query, because the network may have held back its answer.
    if (queriedAt - observedAt > minObservedMs) limitSilence(queriedAt);
    observedAt = queriedAt;
    for (const { id, heartbeat_count: count, last_heartbeat_at } of workers) {
      const before = observed.get(id);
      if (!before)
        observed.set(id, { count, at: at - initialSilence(backend.now() - last_heartbeat_at) });
      else if (before.count !== count) observed.set(id, { count, at });
    }
    const present = new Set(workers.map((worker) => worker.id));
    for (const id of observed.keys()) if (!present.has(id)) observed.delete(id);
    // Compares with the time before the query: this process may have been suspended since then.
    return [...observed].flatMap(([id, last]) =>
      id !== ownId && queriedAt - last.at >= lostAfterMs ? [id] : [],
    );
  }

  /** After a gap in the observations. @param at the time on the clock of `monotonic` */
  function limitSilence(at: number): void {
    for (const last of observed.values()) last.at = Math.max(last.at, at - maxUnobservedMs);
  }

  return {
    async sweep(ownId) {
      const lost = await findLostWorkers(ownId);
      if (lost.length > 0) log.warn({ workers: lost }, "workers lost");
      await removeWorkers(backend, lost);
      await rescueOrphans(backend);
      await enqueueOverdue(backend);
      if (monotonic() - repairedAt < repairIntervalMs) return;
      repairedAt = monotonic();
      await backend.queue.repair();
    },
  };
}

/**
 * Limits the silence of a worker that is observed for the first time. Clocks may be wrong, so the
 * time of its last heartbeat alone does not make it lost.
 * @param sinceLastMs time since its last heartbeat by the database's clock
 */
function initialSilence(sinceLastMs: number): number {
  return Math.min(Math.max(0, sinceLastMs), maxUnobservedMs);
}

/**
 * Rescues the jobs of workers that are gone, deletes their rows and unlocks their queue entries. The
 * rows go last, because their last heartbeats tell how long the jobs ran. A worker that is alive after
 * all may claim until then: `rescueOrphans` finds such jobs.
 */
export async function removeWorkers(backend: Backend, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const jobs = await selectRunning(backend).where("worker_id", "in", ids).execute();
  for (const job of jobs) await rescue(backend, job);
  const removed = await backend.db
    .deleteFrom("workers")
    .where("id", "in", ids)
    .returning("queue_worker_id")
    .execute();
  await backend.queue.releaseWorkers(
    removed.flatMap(({ queue_worker_id }) => queue_worker_id ?? []),
  );
}

/** Rescues running jobs whose worker has no row. */
export async function rescueOrphans(backend: Backend): Promise<void> {
  const orphans = await selectRunning(backend)
    .where("worker_id", "is not", null)
    .where("worker_id", "not in", (workers) => workers.selectFrom("workers").select("id"))
    .execute();
  for (const orphan of orphans) await rescue(backend, orphan);
}

function selectRunning({ db }: Backend) {
  return db.selectFrom("jobs").selectAll().where("status", "=", "running");
}

/**
 * Rescues jobs that a worker claimed but does not run: they were lost on their way to it, or it stopped
 * them while the database was away. Their time of claim may be from before a jump of the clock, so it
 * counts nothing.
 */
export async function rescueUnknownJobs(
  backend: Backend,
  unknown: readonly RunningJob[],
  isLocal: (id: string) => boolean,
): Promise<void> {
  for (const { id, fence } of unknown) {
    const row = await backend.db
      .selectFrom("jobs")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    if (row?.fence !== fence || isLocal(id)) continue;
    await rescue(backend, { ...row, ranMs: 0 });
  }
}

/**
 * Claims cleanups that are due, and postpones them for other workers. `is not null` lets SQLite and
 * Postgres use the partial index.
 */
export async function claimCleanups({ db, now }: Backend, limit: number): Promise<JobRow[]> {
  const at = now();
  const due = await db
    .selectFrom("jobs")
    .select("id")
    .where("cleanup_due_at", "is not", null)
    .where("finished_at", "<=", at - cleanupAfterMs)
    .where("cleanup_due_at", "<=", at)
    .limit(limit)
    .execute();
  if (due.length === 0) return [];
  const ids = due.map(({ id }) => id);
  return db
    .updateTable("jobs")
    .set({ cleanup_due_at: at + cleanupLeaseMs })
    .where("id", "in", ids)
    .where("cleanup_due_at", "<=", at)
    .returningAll()
    .execute();
}

/** Postpones a cleanup that is still to be done, so that no other worker claims it for `ms`. */
export async function deferCleanup({ db, now }: Backend, id: string, ms: number): Promise<void> {
  const update = db.updateTable("jobs").set({ cleanup_due_at: now() + ms });
  await update.where("id", "=", id).where("cleanup_due_at", "is not", null).execute();
}

/**
 * Enqueues the first job of each account with capacity that is overdue for `minMs`. One entry per account is enough,
 * because a worker that is woken up claims until nothing is due.
 */
export async function enqueueOverdue(backend: Backend, minMs = overdueMs): Promise<void> {
  const { rows: overdue } = await sql<Pick<JobRow, "id" | "run_at" | "priority">>`
    select head.id, head.run_at, head.priority from accounts join jobs as head on head.id = (
      select id from jobs where account_id = accounts.id and status = 'queued'
        and run_at < ${backend.now() - minMs}
      order by priority, run_at, id limit 1)
    where ${hasCapacity("head.priority")}
    limit ${maxEnqueued}`.execute(backend.db);
  if (overdue.length === 0) return;
  await backend.write(async (tx) => {
    for (const { id, run_at, priority } of overdue) {
      await tx.enqueue({ id, runAt: run_at, priority });
    }
  });
}

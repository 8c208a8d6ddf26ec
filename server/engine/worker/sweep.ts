/** What keeps the promise that nothing stays lost: run by every worker, once a second. */
import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import { hasCapacity } from "../../backend/claim-sql.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Log } from "../../log.ts";
import { rescue } from "../finish.ts";

/** A worker whose beat stands still for this long is lost. */
export const lostAfterMs = 5_000;
/** For this long of it the watcher must have seen it stand still itself. */
const minObservedMs = 2_500;
/** A queued job overdue for this long has lost its queue entry. */
const overdueMs = 5_000;
const maxEnqueued = 50;
/** An ended run has this long for cleaning up by itself. */
const cleanupAfterMs = 8_000;
/** Who was given something to clean up has this long before it is given out again. */
export const cleanupLeaseMs = 30_000;
const repairIntervalMs = 60_000;

export interface Sweeper {
  sweep(ownId: string): Promise<void>;
}

/** @param monotonic a clock that nobody sets: a beat is judged by it, not by times of day */
export function createSweeper(
  backend: Backend,
  log: Log,
  monotonic: () => number = () => performance.now(),
): Sweeper {
  const seen = new Map<string, { beat: number; at: number }>();
  let mendedAt = Number.NEGATIVE_INFINITY;

  async function findLost(ownId: string): Promise<string[]> {
    const askedAt = monotonic();
    const workers = await backend.db
      .selectFrom("workers")
      .select(["id", "heartbeat_count", "last_heartbeat_at"])
      .execute();
    const at = monotonic();
    for (const { id, heartbeat_count: beat, last_heartbeat_at } of workers) {
      const before = seen.get(id);
      if (!before)
        seen.set(id, { beat, at: at - initialSilence(backend.now() - last_heartbeat_at) });
      else if (before.beat !== beat) seen.set(id, { beat, at });
    }
    const present = new Set(workers.map((worker) => worker.id));
    for (const id of seen.keys()) if (!present.has(id)) seen.delete(id);
    // This process itself may have stood still before it read the answer.
    return [...seen].flatMap(([id, last]) =>
      id !== ownId && askedAt - last.at >= lostAfterMs ? [id] : [],
    );
  }

  return {
    async sweep(ownId) {
      const lost = await findLost(ownId);
      if (lost.length > 0) log.warn({ workers: lost }, "workers lost");
      await removeWorkers(backend, lost);
      await rescueOrphans(backend);
      await enqueueOverdue(backend);
      if (monotonic() - mendedAt < repairIntervalMs) return;
      mendedAt = monotonic();
      await backend.queue.repair();
    },
  };
}

/**
 * How long a worker seen for the first time counts as silent already. Clocks may be wrong, so this
 * alone condemns nobody: its beat must be seen to stand still as well.
 */
function initialSilence(byTheClock: number): number {
  return Math.min(Math.max(0, byTheClock), lostAfterMs - minObservedMs);
}

/** Strikes workers off the list and frees what they held in the queue. */
export async function removeWorkers(backend: Backend, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const removed = await backend.db
    .deleteFrom("workers")
    .where("id", "in", ids)
    .returning("queue_worker_id")
    .execute();
  await backend.queue.releaseWorkers(
    removed.flatMap(({ queue_worker_id }) => queue_worker_id ?? []),
  );
}

/** Running jobs whose worker is not on the list go back to queued, at the front. */
export async function rescueOrphans(backend: Backend): Promise<void> {
  const orphans = await backend.db
    .selectFrom("jobs")
    .selectAll()
    .where("status", "=", "running")
    .where("worker_id", "is not", null)
    .where("worker_id", "not in", (workers) => workers.selectFrom("workers").select("id"))
    .execute();
  for (const orphan of orphans) await rescue(backend, orphan);
}

/**
 * Takes ended jobs whose cleanup is due, and postpones it for other workers while this one does it.
 * `is not null` is there for the partial index.
 */
export async function claimCleanups({ db, now }: Backend, limit: number): Promise<JobRow[]> {
  const at = now();
  const left = await db
    .selectFrom("jobs")
    .select("id")
    .where("cleanup_due_at", "is not", null)
    .where("finished_at", "<=", at - cleanupAfterMs)
    .where("cleanup_due_at", "<=", at)
    .limit(limit)
    .execute();
  if (left.length === 0) return [];
  const ids = left.map(({ id }) => id);
  return db
    .updateTable("jobs")
    .set({ cleanup_due_at: at + cleanupLeaseMs })
    .where("id", "in", ids)
    .where("cleanup_due_at", "<=", at)
    .returningAll()
    .execute();
}

/** Keeps other workers from cleaning up the job for `ms`. */
export async function deferCleanup({ db, now }: Backend, id: string, ms: number): Promise<void> {
  const held = db.updateTable("jobs").set({ cleanup_due_at: now() + ms });
  await held.where("id", "=", id).where("cleanup_due_at", "is not", null).execute();
}

/**
 * Enqueues the first overdue job of each account with capacity. One entry per account is enough,
 * because a worker that is woken up claims until nothing is due.
 */
async function enqueueOverdue(backend: Backend): Promise<void> {
  const { rows: overdue } = await sql<Pick<JobRow, "id" | "run_at" | "priority">>`
    select head.id, head.run_at, head.priority from accounts join jobs as head on head.id = (
      select id from jobs where account_id = accounts.id and status = 'queued'
        and run_at < ${backend.now() - overdueMs}
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

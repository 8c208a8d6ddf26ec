/**
 * Keeps a graphile-worker pool running. A pool closes after a database restart and leaves its
 * entries locked for four hours, so this listener unlocks them and starts the next pool.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { MaintenanceTask, QueueListener, RunNext } from "../backend.ts";
import { startWorkerPool, type WorkerPool } from "./worker-pool.ts";

const minBackoffMs = 500;
const maxBackoffMs = 5_000;
/** A graphile task ends after this time, so that maintenance tasks in the queue get a turn. */
const maxTaskMs = 30_000;

export interface ListenOptions {
  pool: pg.Pool;
  directUrl: string;
  pooled: boolean;
  concurrency: number;
  runNext: RunNext;
  maintenanceTasks?: readonly MaintenanceTask[];
}

const anyDue = `select 1 from jobs
  where status = 'queued' and run_at <= extract(epoch from statement_timestamp()) * 1000 limit 1`;

/** @throws if the first pool cannot reach the database */
export async function listen(options: ListenOptions): Promise<QueueListener> {
  const { concurrency, runNext, maintenanceTasks = [], ...server } = options;
  const stopping = new AbortController();
  /** The current pool, and closing ones whose tasks still run. */
  const pools = new Set<WorkerPool>();
  /** Closed pools whose entries are still locked. */
  const lockedPoolIds = new Set<string>();
  let stopped = false;
  let busy = 0;
  let current = await start();

  async function start(): Promise<WorkerPool> {
    const pool = await startWorkerPool({
      ...server,
      concurrency,
      hasFreeSlot: () => busy < concurrency,
      // graphile-worker would retry a failed task by its own rules. The sweep enqueues again.
      task: () => runDueJobs().catch(() => {}),
      maintenanceTasks: maintenanceTasks.map(inSlot),
      stopping: stopping.signal,
    });
    pools.add(pool);
    void pool.closed.then(() => pools.delete(pool));
    return pool;
  }

  /** Uses one slot; closing pools share the slots with the current one. */
  async function runDueJobs(): Promise<void> {
    const startedAt = performance.now();
    while (!stopped && busy < concurrency) {
      busy++;
      const hasRun = await runNext().finally(() => busy--);
      if (!hasRun || !(await isAnyDue())) return;
      if (performance.now() - startedAt > maxTaskMs) return enqueueWakeUp();
    }
  }

  /** Costs a tenth of a claim that finds nothing. */
  async function isAnyDue(): Promise<boolean> {
    const { rows } = await server.pool.query({
      ...(server.pooled ? {} : { name: "any_due" }),
      text: anyDue,
    });
    return rows.length > 0;
  }

  /** For due jobs that are not claimed yet: nobody else enqueues an entry for them. */
  async function enqueueWakeUp(): Promise<void> {
    await server.pool.query("select graphile_worker.add_job('run')");
  }

  function inSlot(task: MaintenanceTask): MaintenanceTask {
    return {
      ...task,
      async run(signal) {
        busy++;
        await task.run(signal).finally(() => busy--);
      },
    };
  }

  async function replaceClosedPools(): Promise<void> {
    let backoffMs = minBackoffMs;
    while (!stopped) {
      const startedAt = performance.now();
      await current.closing;
      lockedPoolIds.add(current.id);
      if (performance.now() - startedAt > maxBackoffMs) backoffMs = minBackoffMs;
      for (let next: WorkerPool | undefined; !next && !stopped; ) {
        await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => {});
        backoffMs = Math.min(backoffMs * 2, maxBackoffMs);
        if (!stopped) next = await unlockAndStart().catch(() => undefined);
        current = next ?? current;
      }
    }
    await stopPools();
  }

  async function unlockAndStart(): Promise<WorkerPool> {
    const ids = [...lockedPoolIds];
    await server.pool.query("select graphile_worker.force_unlock_workers($1::text[])", [ids]);
    lockedPoolIds.clear();
    return start();
  }

  async function stopPools(): Promise<void> {
    await Promise.all([...pools].map((pool) => pool.stop()));
  }

  const replacing = replaceClosedPools();
  return {
    get queueWorkerId() {
      return current.id;
    },
    async stop() {
      stopped = true;
      stopping.abort();
      await stopPools();
      await replacing;
    },
  };
}

/**
 * One pool of graphile-worker, from its start to its end. A pool shuts down after a single failed
 * completion and then waits for all its running tasks, which may take hours; or it stays up but
 * takes no more entries. Both are reported at once through `closing`, so that another can start.
 */
import { EventEmitter } from "node:events";
import { Logger, type Runner, run, type WorkerEvents } from "graphile-worker";
import type pg from "pg";
import type { MaintenanceTask } from "../backend.ts";
import { ListeningPool } from "./listening-pool.ts";
import { cronItems, taskList } from "./maintenance-cron.ts";

const pollMs = 1_000;
/** A pool with a free slot queries the database at each poll. One that did not for so long hangs. */
const maxSilenceMs = 15_000;

export interface WorkerPoolOptions {
  pool: pg.Pool;
  directUrl: string;
  /** A pooler does not support prepared statements. */
  pooled: boolean;
  concurrency: number;
  hasFreeSlot: () => boolean;
  task: () => Promise<void>;
  maintenanceTasks: readonly MaintenanceTask[];
  /** Aborts running maintenance tasks. */
  stopping: AbortSignal;
}

export interface WorkerPool {
  /** The id under which it locks entries. */
  id: string;
  /** Resolves when it takes no more entries, whatever the cause. */
  closing: Promise<void>;
  /** Resolves when the last of its tasks has ended. */
  closed: Promise<void>;
  /** Takes no more entries. Resolves with `closed`. */
  stop(): Promise<void>;
}

/** @throws if the database cannot be reached */
export async function startWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const { pool, directUrl, pooled, concurrency, hasFreeSlot, task } = options;
  const closing = Promise.withResolvers<void>();
  const events: WorkerEvents = new EventEmitter();
  let id = "";
  let activeAt = performance.now();
  const onActivity = () => {
    activeAt = performance.now();
  };
  events.on("pool:create", ({ workerPool }) => {
    id = workerPool.id;
  });
  events.on("pool:gracefulShutdown", () => closing.resolve());
  events.on("worker:getJob:empty", onActivity);
  events.on("job:start", onActivity);

  const runner: Runner = await run({
    pgPool: new ListeningPool(pool, directUrl),
    concurrency,
    pollInterval: pollMs,
    noHandleSignals: true,
    noPreparedStatements: pooled,
    events,
    logger: new Logger(() => () => {}),
    // Writes completions at once and awaits them. The default loses them when the pool stops.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    parsedCronItems: cronItems(options.maintenanceTasks),
    taskList: { run: task, ...taskList(options.maintenanceTasks, options.stopping) },
  });
  const closed = runner.promise.catch(() => {});
  void closed.then(() => closing.resolve());

  function stop(): Promise<void> {
    // Rejects if it is stopping already.
    runner.stop().catch(() => {});
    return closed;
  }

  const watchdog = setInterval(() => {
    if (!hasFreeSlot()) onActivity();
    else if (performance.now() - activeAt > maxSilenceMs) void stop();
  }, pollMs);
  void closing.promise.then(() => clearInterval(watchdog));
  return { id, closing: closing.promise, closed, stop };
}

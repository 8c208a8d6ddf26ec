/**
 * One pool of graphile-worker, from its start until it gives up. It gives up after a single failed
 * completion and then waits for all tasks in hand, which may be hours; or it stays and asks for
 * nothing any more. Both are told here at once, so that another can take its place.
 */
import { EventEmitter } from "node:events";
import { Logger, type Runner, run, type WorkerEvents } from "graphile-worker";
import type pg from "pg";
import type { Chore } from "../backend.ts";
import { cronOf, tasksOf } from "./cron.ts";
import { ListeningPool } from "./listening-pool.ts";

const pollMs = 1_000;
/** With a free slot it asks the database at each poll; one that did not for this long is no use. */
const deafMs = 15_000;

export interface PoolOptions {
  pool: pg.Pool;
  directUrl: string;
  /** A pooler does not keep prepared statements. */
  pooled: boolean;
  slots: number;
  /** Whether a task could be taken. */
  hasRoom: () => boolean;
  task: () => Promise<void>;
  chores: readonly Chore[];
  /** Asks chores under way to end. */
  stopping: AbortSignal;
}

export interface WorkerPool {
  /** What its locks are held under. */
  id: string;
  /** Resolves when it takes no more entries, whoever ended it. */
  gaveUp: Promise<void>;
  /** Resolves when the last of its tasks has ended. */
  over: Promise<void>;
  /** Takes no more entries; resolves as `over` does. */
  stop(): Promise<void>;
}

/** @throws where the database cannot be reached */
export async function startWorkerPool(options: PoolOptions): Promise<WorkerPool> {
  const { pool, directUrl, pooled, slots, hasRoom, task, chores, stopping } = options;
  const gaveUp = Promise.withResolvers<void>();
  const events: WorkerEvents = new EventEmitter();
  let id = "";
  let deafSince = performance.now();
  const heard = () => {
    deafSince = performance.now();
  };
  events.on("pool:create", ({ workerPool }) => {
    id = workerPool.id;
  });
  events.on("pool:gracefulShutdown", () => gaveUp.resolve());
  events.on("worker:getJob:empty", heard);
  events.on("job:start", heard);

  const runner: Runner = await run({
    pgPool: new ListeningPool(pool, directUrl),
    concurrency: slots,
    pollInterval: pollMs,
    noHandleSignals: true,
    noPreparedStatements: pooled,
    events,
    logger: new Logger(() => () => {}),
    // Completions are written at once and waited for; the default loses them when it stops.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    parsedCronItems: cronOf(chores),
    taskList: { run: task, ...tasksOf(chores, stopping) },
  });
  const over = runner.promise.catch(() => {});
  void over.then(() => gaveUp.resolve());

  function stop(): Promise<void> {
    // It may be stopping already.
    runner.stop().catch(() => {});
    return over;
  }

  const watch = setInterval(() => {
    if (!hasRoom()) heard();
    else if (performance.now() - deafSince > deafMs) void stop();
  }, pollMs);
  void gaveUp.promise.then(() => clearInterval(watch));
  return { id, gaveUp: gaveUp.promise, over, stop };
}

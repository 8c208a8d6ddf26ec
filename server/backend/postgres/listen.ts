/**
 * graphile-worker's pool, kept running. On its own it gives up after a database restart and leaves
 * what it held locked for four hours, so each pool that ended is unlocked before the next starts.
 */
import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Logger, type Runner, run, type WorkerEvents } from "graphile-worker";
import type pg from "pg";
import type { Answer, Listening } from "../backend.ts";

const longestWaitMs = 30_000;

export async function listen(pool: pg.Pool, slots: number, answer: Answer): Promise<Listening> {
  const stopping = new AbortController();
  let stopped = false;
  let poolId: string | null = null;
  let runner: Runner | undefined;

  async function start(): Promise<Runner> {
    const events: WorkerEvents = new EventEmitter();
    events.on("pool:create", ({ workerPool }) => {
      poolId = workerPool.id;
    });
    return run({
      pgPool: pool,
      concurrency: slots,
      pollInterval: 1_000,
      noHandleSignals: true,
      events,
      logger: new Logger(() => () => {}),
      // Completions are written at once and waited for; the default loses them when it stops.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      parsedCronItems: [],
      taskList: {
        run: async () => {
          while (!stopped && (await answer()));
        },
      },
    });
  }

  async function keep(first: Runner): Promise<void> {
    runner = first;
    for (let waitMs = 1_000; !stopped; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      const startedAt = Date.now();
      await runner?.promise.catch(() => {});
      if (stopped) return;
      if (Date.now() - startedAt > longestWaitMs) waitMs = 1_000;
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopped) return;
      runner = await restart().catch(() => undefined);
    }
  }

  async function restart(): Promise<Runner> {
    await pool.query("select graphile_worker.force_unlock_workers($1::text[])", [[poolId]]);
    return start();
  }

  const kept = keep(await start());
  return {
    get queueId() {
      return poolId;
    },
    async stop() {
      stopped = true;
      stopping.abort();
      await runner?.stop().catch(() => {});
      await kept;
    },
  };
}

/**
 * graphile-worker, kept running. Its pools give up after a database restart and leave what they held
 * locked for four hours; so when one does, its locks are freed and the next is started.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Answer, Chore, Listening } from "../backend.ts";
import { startWorkerPool, type WorkerPool } from "./worker-pool.ts";

const shortestWaitMs = 500;
const longestWaitMs = 5_000;
/** After this long one task gives its turn to what else is in the queue: the system's chores. */
const turnMs = 30_000;

export interface ListenOptions {
  pool: pg.Pool;
  directUrl: string;
  pooled: boolean;
  slots: number;
  answer: Answer;
  chores?: readonly Chore[];
}

const due = `select 1 from jobs
  where status = 'queued' and run_at <= extract(epoch from statement_timestamp()) * 1000 limit 1`;

/** @throws where the database cannot be reached the first time */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { slots, answer, chores = [], ...server } = options;
  const stopping = new AbortController();
  /** The one that takes entries, and those that gave up but have tasks in hand. */
  const pools = new Set<WorkerPool>();
  /** Of pools that gave up; what they held is not freed yet. */
  const lost = new Set<string>();
  let stopped = false;
  let busy = 0;
  let current = await start();

  function start(): Promise<WorkerPool> {
    const hasRoom = () => busy < slots;
    const doing = { chores: chores.map(counted), stopping: stopping.signal };
    // What failed here graphile-worker would try again by its own rules; the sweep rings anew.
    const patient = () => task().catch(() => {});
    return startWorkerPool({ ...server, slots, task: patient, hasRoom, ...doing }).then((pool) => {
      pools.add(pool);
      void pool.over.then(() => pools.delete(pool));
      return pool;
    });
  }

  /** Several pools, of which all but one are on their way out, share the slots. */
  async function task(): Promise<void> {
    const startedAt = performance.now();
    while (!stopped && busy < slots) {
      busy++;
      const answered = await answer().finally(() => busy--);
      if (!answered || !(await isAnyDue())) return;
      if (performance.now() - startedAt > turnMs) return ringAgain();
    }
  }

  /** Costs a tenth of a claim in vain. */
  async function isAnyDue(): Promise<boolean> {
    const { rows } = await server.pool.query({
      ...(server.pooled ? {} : { name: "due" }),
      text: due,
    });
    return rows.length > 0;
  }

  /** For what is due and was not claimed yet, for nobody else rings for it. */
  async function ringAgain(): Promise<void> {
    await server.pool.query("select graphile_worker.add_job('run')");
  }

  /** It takes a slot, as an answer does. */
  function counted(chore: Chore): Chore {
    return {
      ...chore,
      async run(signal) {
        busy++;
        await chore.run(signal).finally(() => busy--);
      },
    };
  }

  async function keep(): Promise<void> {
    let waitMs = shortestWaitMs;
    while (!stopped) {
      const startedAt = performance.now();
      await current.gaveUp;
      lost.add(current.id);
      if (performance.now() - startedAt > longestWaitMs) waitMs = shortestWaitMs;
      for (let next: WorkerPool | undefined; !next && !stopped; ) {
        await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
        waitMs = Math.min(waitMs * 2, longestWaitMs);
        if (!stopped) next = await replace().catch(() => undefined);
        current = next ?? current;
      }
    }
    await Promise.all([...pools].map((pool) => pool.stop()));
  }

  async function replace(): Promise<WorkerPool> {
    const { pool } = server;
    await pool.query("select graphile_worker.force_unlock_workers($1::text[])", [[...lost]]);
    lost.clear();
    return start();
  }

  const kept = keep();
  return {
    get queueId() {
      return current.id;
    },
    async stop() {
      stopped = true;
      stopping.abort();
      await Promise.all([...pools].map((pool) => pool.stop()));
      await kept;
    },
  };
}

/** Measures the time from the loss of a worker to the next run of each of its jobs. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../../server/backend/backend.ts";
import { isFinal } from "../../../server/engine/status.ts";

const pollMs = 50;

export interface Takeovers {
  /** Measures the jobs of the workers with these pids, which are about to be lost. */
  expect(pids: number[]): Promise<void>;
  /** Discards the pending measurements, because the database itself is down. */
  discard(): void;
  /** The time from each loss to the next run, ms. */
  readonly waits: readonly number[];
  stop(): Promise<void>;
}

export function watchTakeovers({ db }: Backend): Takeovers {
  const lost = new Map<string, { fence: number; at: number }>();
  const waits: number[] = [];
  let stopped = false;

  async function poll(): Promise<void> {
    if (lost.size === 0) return;
    const rows = await db
      .selectFrom("jobs")
      .select(["id", "status", "fence", "cancel_requested_at", "pause_requested_at"])
      .where("id", "in", [...lost.keys()])
      .execute();
    for (const { id, status, fence, ...asked } of rows) {
      const before = lost.get(id);
      if (!before) continue;
      // A job that is cancelled or paused is not taken over.
      const isStopping = asked.cancel_requested_at !== null || asked.pause_requested_at !== null;
      if (isStopping || isFinal(status) || status === "paused") lost.delete(id);
      else if (fence > before.fence) {
        waits.push(performance.now() - before.at);
        lost.delete(id);
      }
    }
  }

  async function watch(): Promise<void> {
    while (!stopped) {
      await sleep(pollMs);
      await poll().catch(() => {});
    }
  }

  const watching = watch();
  return {
    waits,
    discard: () => lost.clear(),
    async expect(pids) {
      const rows = await db
        .selectFrom("jobs")
        .innerJoin("workers", "workers.id", "jobs.worker_id")
        .select(["jobs.id", "jobs.fence"])
        .where("jobs.status", "=", "running")
        .where("workers.pid", "in", pids)
        .execute()
        .catch(() => []);
      const at = performance.now();
      for (const { id, fence } of rows) lost.set(id, { fence, at });
    },
    async stop() {
      stopped = true;
      await watching;
    },
  };
}

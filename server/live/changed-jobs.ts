/** Reads changed jobs once, however many streams watch them, and broadcasts their frames. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { JobReader } from "../engine/job-reader.ts";
import type { Broadcaster } from "./broadcaster.ts";
import type { Subscriptions, WatchedJob } from "./subscriptions.ts";

/** Changes are collected for `batchMs`. Two reads are at least `intervalMs` apart. */
const batchMs = 5;
const intervalMs = 50;
/** Interval after a failed read. */
export const retryMs = 1_000;
/** Broadcasting thousands of jobs in one turn of the event loop would take a tenth of a second. */
const maxJobsPerTurn = 250;

export interface ChangedJobs {
  /** Marks a watched job as changed. `schedule` reads it. */
  add(id: string): void;
  /** Schedules a read of the changed jobs, if there are any. */
  schedule(): void;
  close(): void;
}

export function createChangedJobs(options: {
  reader: Pick<JobReader, "summaries">;
  subscriptions: Pick<Subscriptions, "job">;
  broadcaster: Broadcaster;
  /** Called with a job after its end was broadcast. */
  onEnd: (job: WatchedJob) => void;
  onSuccess: () => void;
  /** Called if a read failed. It is repeated. */
  onFailure: (error: unknown) => void;
}): ChangedJobs {
  const { reader, subscriptions, broadcaster, onEnd, onSuccess, onFailure } = options;
  const changedIds = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let reading = false;
  let nextReadAt = 0;

  function schedule(): void {
    if (changedIds.size === 0 || reading || timer) return;
    timer = setTimeout(
      async () => {
        timer = undefined;
        reading = true;
        nextReadAt = (await readChanged()) + performance.now();
        reading = false;
        schedule();
      },
      Math.max(batchMs, nextReadAt - performance.now()),
    );
  }

  /** @returns ms to wait before the next read */
  async function readChanged(): Promise<number> {
    const ids = [...changedIds];
    changedIds.clear();
    try {
      for (let from = 0; from < ids.length; from += maxJobsPerTurn) {
        if (from > 0) await nextTurn();
        await broadcastAll(ids.slice(from, from + maxJobsPerTurn));
      }
      onSuccess();
      return intervalMs;
    } catch (error) {
      onFailure(error);
      for (const id of ids) changedIds.add(id);
      return retryMs;
    } finally {
      broadcaster.flush();
    }
  }

  async function broadcastAll(ids: readonly string[]): Promise<void> {
    const ended: WatchedJob[] = [];
    for (const row of await reader.summaries(ids)) {
      const job = subscriptions.job(row.id);
      if (!job) continue;
      const isDueLater = broadcaster.broadcast(job, row);
      // Awaiting a plain boolean would cost a turn of the microtask queue for each of many jobs.
      if (isDueLater === true || (isDueLater && (await isDueLater))) changedIds.add(row.id);
      if (job.ended) ended.push(job);
    }
    broadcaster.flush();
    for (const job of ended) onEnd(job);
  }

  return {
    add: (id) => void changedIds.add(id),
    schedule,
    close: () => clearTimeout(timer),
  };
}

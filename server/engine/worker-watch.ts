/** Watches in a web process whether any worker is alive. */
import type { Backend } from "../backend/backend.ts";
import type { Log } from "../log.ts";
import { rescue } from "./finish.ts";
import { lostAfterMs } from "./worker/sweep.ts";

const intervalMs = 1_000;
/** Heartbeats may be late after an outage of the database, or after a jump of its clock. */
const minSilentReadings = 3;

export interface WorkerWatch {
  /** Whether no worker has sent a heartbeat for a while, so that jobs wait. */
  readonly isMissing: boolean;
  stop(): void;
}

/** Also stops the running jobs that people cancel or pause meanwhile, which no worker does. */
export function watchWorkers({ backend, log }: { backend: Backend; log: Log }): WorkerWatch {
  const startedAt = performance.now();
  let isReading = false;
  let isMissing = false;
  let silentReadings = 0;

  async function read(): Promise<void> {
    if (isReading) return;
    isReading = true;
    try {
      silentReadings = (await countLiveWorkers(backend)) > 0 ? 0 : silentReadings + 1;
      // A worker that starts together with this process needs a moment.
      const mayStillStart = performance.now() - startedAt < lostAfterMs;
      setMissing(silentReadings >= minSilentReadings && !mayStillStart);
      if (isMissing) await stopAbandonedJobs(backend);
    } catch {
      // Without the database nobody knows.
      silentReadings = 0;
    } finally {
      isReading = false;
    }
  }

  function setMissing(value: boolean): void {
    if (value === isMissing) return;
    isMissing = value;
    if (isMissing) log.warn("no worker is running: jobs wait");
    else log.info("a worker is running again");
  }

  const timer = setInterval(read, intervalMs);
  timer.unref();
  return {
    get isMissing() {
      return isMissing;
    },
    stop: () => clearInterval(timer),
  };
}

/** Counts the workers that sent a heartbeat lately. */
export async function countLiveWorkers({ db, now }: Pick<Backend, "db" | "now">): Promise<number> {
  const at = now();
  const { count } = await db
    .selectFrom("workers")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("last_heartbeat_at", ">", at - lostAfterMs)
    // The clock may have been set back since the last heartbeat of a lost worker.
    .where("last_heartbeat_at", "<", at + lostAfterMs)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Cancels or pauses the running jobs for which that was requested. Takes effect once: by the fence. */
async function stopAbandonedJobs(backend: Backend): Promise<void> {
  const requested = await backend.db
    .selectFrom("jobs")
    .selectAll()
    .where("status", "=", "running")
    .where("worker_id", "is not", null)
    .where((eb) =>
      eb.or([eb("cancel_requested_at", "is not", null), eb("pause_requested_at", "is not", null)]),
    )
    .execute();
  for (const job of requested) await rescue(backend, job);
}

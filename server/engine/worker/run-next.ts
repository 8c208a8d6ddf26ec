import type { Backend, RunNext } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import { UnlistedWorker } from "../../backend/unlisted-worker.ts";
import type { Log } from "../../log.ts";
import { release } from "../finish.ts";
import { isFinal } from "../status.ts";
import type { CleanupScheduler } from "./cleanup-scheduler.ts";
import { finishAfterExit } from "./finish-after-exit.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { LocalJobs } from "./local-jobs.ts";
import type { RunnerPool } from "./runner-pool.ts";
import type { Slot, SlotReserve } from "./slot-reserve.ts";

/** Claims pause for this long after an error, which spares a failing database many queries a second. */
const pauseAfterErrorMs = 1_000;

/** @returns a function that claims a job, runs it in a runner and waits for its end and cleanup */
export function createRunNext(parts: {
  backend: Backend;
  log: Log;
  pool: Pick<RunnerPool, "run">;
  local: LocalJobs;
  cleanups: Pick<CleanupScheduler, "clean">;
  heartbeat: Pick<Heartbeat, "workerId" | "renew">;
  reserve: Pick<SlotReserve, "take">;
  isStopping: () => boolean;
}): RunNext {
  const { backend, log, pool, local, cleanups, heartbeat, reserve, isStopping } = parts;
  let pausedUntil = 0;

  async function claim({ reserved }: Slot): Promise<JobRow | undefined> {
    const { workerId } = heartbeat;
    try {
      return await backend.queue.claim(workerId, reserved);
    } catch (error) {
      if (!(error instanceof UnlistedWorker)) throw error;
    }
    // Without a second claim the jobs that woke this worker up would wait for the sweep.
    await heartbeat.renew(workerId);
    return isStopping() ? undefined : backend.queue.claim(heartbeat.workerId, reserved);
  }

  async function runJob(row: JobRow): Promise<void> {
    const job = local.add(row);
    let ended: JobRow | undefined;
    try {
      const exit = await pool.run(row, "run");
      // A runner that crashes before it runs anything would crash again at once.
      if (exit.how === "crashed" && !exit.hasBegun) pauseClaims();
      ended = await finishAfterExit(backend, job, exit);
    } finally {
      local.remove(row.id);
    }
    // During a shutdown the sweep of another worker cleans up.
    if (ended && ended.cleanup_due_at !== null && isFinal(ended.status) && !isStopping())
      await cleanups.clean(ended);
  }

  function pauseClaims(): void {
    pausedUntil = performance.now() + pauseAfterErrorMs;
  }

  return async () => {
    if (isStopping() || performance.now() < pausedUntil) return false;
    const slot = reserve.take();
    try {
      const row = await claim(slot);
      if (!row) return false;
      slot.fill(row);
      // An earlier run of the job, which was rescued from this worker, may not have been killed yet.
      await local.gone(row.id);
      // The shutdown may have begun during the claim.
      if (isStopping()) await release(backend, { ...row, ranMs: 0 }, "interrupted");
      else await runJob(row);
      return true;
    } catch (error) {
      // The sweep enqueues the job again.
      pauseClaims();
      log.error({ err: error }, "a job could not be claimed");
      return false;
    } finally {
      slot.free();
    }
  };
}

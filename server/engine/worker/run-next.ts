import type { Backend, RunNext } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Log } from "../../log.ts";
import { failWithTimeout, finishCancelled, release, rescue } from "../finish.ts";
import { isFinal } from "../status.ts";
import type { CleanupScheduler } from "./cleanup-scheduler.ts";
import type { LocalJob, LocalJobs } from "./local-jobs.ts";
import type { RunnerPool, TaskExit } from "./runner-pool.ts";

/** Claims pause for this long after an error, which spares a failing database many queries a second. */
const pauseAfterErrorMs = 1_000;

/** @returns a function that claims a job, runs it in a runner and waits for its end and cleanup */
export function createRunNext(parts: {
  backend: Backend;
  log: Log;
  pool: Pick<RunnerPool, "run">;
  local: LocalJobs;
  cleanups: Pick<CleanupScheduler, "clean">;
  workerId: () => string;
  isStopping: () => boolean;
}): RunNext {
  const { backend, log, pool, local, cleanups, workerId, isStopping } = parts;
  let pausedUntil = 0;

  async function runJob(row: JobRow): Promise<void> {
    const job = local.add(row);
    let ended: JobRow | undefined;
    try {
      ended = await finishAfterExit(backend, job, await pool.run(row, "run"));
    } finally {
      local.remove(row.id);
    }
    // During a shutdown the sweep of another worker cleans up.
    if (ended && ended.cleanup_due_at !== null && isFinal(ended.status) && !isStopping())
      await cleanups.clean(ended);
  }

  return async () => {
    if (isStopping() || performance.now() < pausedUntil) return false;
    try {
      const row = await backend.queue.claim(workerId());
      if (!row) return false;
      // An earlier run of the job, which was rescued from this worker, may not have been killed yet.
      await local.gone(row.id);
      // The shutdown may have begun during the claim.
      if (isStopping()) await release(backend, row, "interrupted");
      else await runJob(row);
      return true;
    } catch (error) {
      // The sweep enqueues the job again.
      pausedUntil = performance.now() + pauseAfterErrorMs;
      log.error({ err: error }, "a job could not be claimed");
      return false;
    }
  };
}

/**
 * Writes the end of a run whose process crashed or was killed before it could.
 * @returns the job after its end, if this was its last run
 */
async function finishAfterExit(
  backend: Backend,
  { row, requestedStop }: LocalJob,
  exit: TaskExit,
): Promise<JobRow | undefined> {
  if (exit.how === "ended") return exit.job;
  const reason = requestedStop?.reason;
  if (reason === "lost") return undefined;
  if (reason === "shutdown") return release(backend, row, "interrupted");
  const wasKilledForNeighbour = exit.how === "killed" && exit.killedFor !== row.id;
  if (wasKilledForNeighbour) return release(backend, row, "rescued");
  if (reason === "deadline") return failWithTimeout(backend, row, row.timeout_ms);
  if (reason === "cancel") return finishCancelled(backend, row, "unresponsive");
  const current = await backend.db
    .selectFrom("jobs")
    .selectAll()
    .where("id", "=", row.id)
    .executeTakeFirst();
  return current?.fence === row.fence ? rescue(backend, current) : undefined;
}

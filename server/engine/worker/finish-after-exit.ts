import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import { failWithTimeout, finishCancelled, release, rescue, rescueAfterCrash } from "../finish.ts";
import type { LocalJob } from "./local-jobs.ts";
import type { TaskExit } from "./runner-pool.ts";

/**
 * Writes the end of a run whose process crashed or was killed before it could, or that got none.
 * Only a crash of a runner in which the job had begun counts against the job: this worker lives, so
 * that its machine is well.
 * @returns the job after its end, if this was its last run
 */
export async function finishAfterExit(
  backend: Backend,
  { row: claimed, requestedStop, startedAt, idleMs }: LocalJob,
  exit: TaskExit,
): Promise<JobRow | undefined> {
  if (exit.how === "ended") return exit.job;
  const times = { idleMs, ranMs: Math.floor(performance.now() - startedAt) };
  const row = { ...claimed, ...times };
  const reason = requestedStop?.reason;
  // Other workers rescue the jobs of one that was declared lost.
  if (reason === "lost") return undefined;
  if (reason === "shutdown") return release(backend, row, "interrupted");
  const wasKilledForNeighbour = exit.how === "killed" && exit.killedFor !== row.id;
  if (wasKilledForNeighbour) return release(backend, row, "rescued");
  if (reason === "deadline") return failWithTimeout(backend, row, row.timeout_ms);
  const isUnresponsive = exit.how !== "not_started";
  if (reason === "cancel")
    return finishCancelled(backend, row, isUnresponsive ? "unresponsive" : "while_running");
  const current = await backend.db
    .selectFrom("jobs")
    .selectAll()
    .where("id", "=", row.id)
    .executeTakeFirst();
  if (current?.fence !== row.fence) return undefined;
  const counts = exit.how === "crashed" && exit.hasBegun;
  const job = { ...current, ...times };
  return counts ? rescueAfterCrash(backend, job) : rescue(backend, job);
}

/**
 * The ways in which a run gives back its slot and its job goes on by itself. Neither counts as a retry
 * or a rescue.
 */
import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { type Claimed, finish, sleepUntil } from "./finish.ts";
import type { Asleep } from "./run/sleep.ts";
import type { RecordedSleep } from "./run/sleep-record.ts";

/** Ends a run whose slot another account needs. The job waits at the front of its own account. */
export function giveSlotToOthers(backend: Backend, job: Claimed): Promise<JobRow | undefined> {
  return finish(backend, job, {
    to: "queued",
    set: { reason: "made_room" },
    event: { type: "made_room", details: null },
  });
}

/**
 * Ends a run for a long sleep, after which the job is due again.
 * @param earlier what it waited for since its last checkpoint
 */
export function fallAsleep(
  backend: Backend,
  job: Claimed,
  { until, step, waitingFor }: Pick<Asleep, "until" | "step" | "waitingFor">,
  earlier?: RecordedSleep,
): Promise<JobRow | undefined> {
  // The estimate includes announced waits.
  return sleepUntil(backend, job, {
    ...{ until, waitMs: Math.max(0, until - backend.now()), waitingFor, delayMs: 0 },
    recorded: { ...earlier, until, step },
  });
}

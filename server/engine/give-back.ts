/**
 * The ways in which a run gives back its slot and its job goes on by itself. Neither counts as a retry
 * or a rescue.
 */
import { sql } from "kysely";
import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { type Claimed, finish } from "./finish.ts";
import type { Asleep } from "./run/sleep.ts";
import type { RecordedSleep } from "./run/sleep-record.ts";
import { shortenText } from "./sanitize-text.ts";

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
  const reason = waitingFor === null ? null : shortenText(waitingFor);
  const recorded: RecordedSleep = { ...earlier, until, step };
  return finish(backend, job, {
    to: "queued",
    set: {
      reason: "sleeping",
      run_at: until,
      sleep: JSON.stringify(recorded),
      waiting_until: until,
      waiting_for: reason,
      // The estimate includes announced waits.
      eta_earliest: sql<number>`eta_earliest`,
      eta_latest: sql<number>`eta_latest`,
    },
    event: {
      type: "sleeping",
      details: { wait_ms: Math.max(0, until - backend.now()), reason },
    },
  });
}

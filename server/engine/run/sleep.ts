/** `job.sleep`: a short sleep keeps the slot of the run, a long one gives it back. */
import { setTimeout as wait } from "node:timers/promises";
import { type Run, Stopped } from "./run.ts";
import type { Steps } from "./steps.ts";

/** A shorter sleep counts as work and costs nothing else, because a kind may sleep in a hot loop. */
const minReportedWaitMs = 1_000;
/** To give back a slot and claim another one costs about as much as holding it for a second. */
export const minLongSleepMs = 10_000;
/** Ten years: dates stay within what databases and JSON can hold. */
const maxSleepMs = 315_360_000_000;
/** A timer with a longer delay fires at once: https://nodejs.org/api/timers.html */
const maxTimerMs = 2_147_483_647;

/** The reason of a run's abort signal when it gives back its slot for a sleep. */
export class Asleep extends Stopped {
  /** Ms since 1970. */
  readonly until: number;
  /** Position of the step in which the job sleeps, null between two steps. */
  readonly step: number | null;
  /** A sentence of the kind. */
  readonly waitingFor: string | null;
  constructor(until: number, step: number | null, waitingFor: string | null) {
    super("sleep");
    this.until = until;
    this.step = step;
    this.waitingFor = waitingFor;
  }
}

/**
 * Only the first long sleep behind a checkpoint gives back the slot: the next run begins at that
 * checkpoint, so no work is repeated more than once. Of concurrent sleeps none does, because a run that
 * sleeps in one place may work in another. A cleanup has no slot to give back.
 */
export function createSleep(run: Run, steps: Pick<Steps, "running" | "wasInterruptedLater">) {
  const { backend, progress, abort, room, sleeps, idle } = run;
  const { signal } = abort;
  let sleeping = 0;

  return async (ms: number, reason?: string): Promise<void> => {
    signal.throwIfAborted();
    const isLong = room !== null && ms >= minLongSleepMs;
    if (isLong && steps.wasInterruptedLater()) return;
    const step = steps.running() ?? null;
    const waitingFor = reason === undefined ? null : String(reason);
    const begun = isLong ? sleeps.begin(step) : "repeated";
    const now = backend.now();
    const end = now + Math.min(ms, maxSleepMs);
    const until = Math.ceil(typeof begun === "number" ? Math.min(begun, end) : end);
    const leftMs = isLong ? until - now : ms;
    if (isLong && leftMs <= 0) return;
    if (begun !== "repeated" && leftMs >= minLongSleepMs && sleeping === 0) {
      const asleep = new Asleep(until, step, waitingFor);
      abort.abort(asleep);
      throw asleep;
    }
    const endWait = leftMs < minReportedWaitMs ? undefined : progress.wait(leftMs, waitingFor);
    const timerMs = Math.min(leftMs, maxTimerMs);
    const endIdle = idle.begin(timerMs);
    sleeping++;
    await wait(timerMs, undefined, { signal })
      .catch(() => signal.throwIfAborted())
      .finally(() => {
        sleeping--;
        endIdle();
        endWait?.();
      });
  };
}

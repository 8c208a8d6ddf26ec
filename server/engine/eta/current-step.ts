/** The observations of the running step, and the estimate of what remains of it. Pure. */
import type { ExpectedStep } from "./expected-step.ts";
import {
  createProgressSamples,
  type ProgressSample,
  type ProgressSamples,
} from "./progress-samples.ts";
import { estimateStep, type Remaining, warmUp } from "./step-estimate.ts";

/** Added to the uncertainty of a step that has just begun, because later items may differ. */
const extrapolationUncertainty = 0.3;

export interface CurrentStep {
  readonly position: number;
  /** Null if unknown. */
  readonly total: number | null;
  observe(at: number, done: number, total: number | null): void;
  /** Announces a wait until a time, or ends it with null. */
  setWait(at: number, until: number | null): void;
  /** Inserts the samples of an earlier run. */
  prepend(earlier: readonly ProgressSample[]): void;
  /** Time since the step began, without lost time, ms. */
  elapsed(at: number): number;
  /**
   * Combines the observations with the expected duration of the step.
   * @param expected null if nothing is known of it
   * @returns null if there is no reliable estimate
   */
  estimate(at: number, expected: ExpectedStep | null): Remaining | null;
}

/**
 * Starts a step, or continues it with the items that an earlier run completed.
 * @param since time at which this run starts or continues it
 */
export function createCurrentStep(since: number, position: number, done: number): CurrentStep {
  const samples = createProgressSamples();
  samples.add(since, done, 0);
  let total: number | null = null;
  /** End of the announced wait; null if the job does not wait. */
  let waitUntil: number | null = null;
  /** Whether this run has announced a wait in this step. */
  let announcesWaits = false;
  /** Announced waits since the last sample that have ended, ms. */
  let waitedMs = 0;
  /** Time up to which waits are counted in `waitedMs` or in a sample. */
  let waitCountedAt = 0;

  /**
   * Ignores earlier runs once this run has announced a wait: their samples do not separate waits
   * from work, so the waits would count twice.
   */
  function estimateFromSamples(at: number, isExpected: boolean): Remaining | null {
    if (total === null) return null;
    const own = announcesWaits ? samples.list.filter((each) => each.at >= since) : samples.list;
    const step = {
      total,
      now: at,
      waitUntil,
      warmUp: isExpected ? warmUp.expected : warmUp.unknown,
    };
    return estimateStep(own, step) ?? estimateStep(samples.list, step);
  }

  function estimate(at: number, expected: ExpectedStep | null): Remaining | null {
    const observed = estimateFromSamples(at, expected !== null);
    if (!expected || (observed && expected.basis === "shares")) return observed;
    const done = samples.list.at(-1)?.done ?? 0;
    const share = total ? Math.min(1, done / total) : 0;
    const elapsed = at - startOf(samples);
    const ms = total ? expected.ms * (1 - share) : expected.ms - elapsed;
    if (observed) {
      const added = extrapolationUncertainty * (1 - share) ** 4;
      return combine(observed, added, { ms, uncertainty: expected.uncertainty });
    }
    const { ms: silentMs, samples: enough } = warmUp.unknown;
    const shouldHaveOwn = total !== null && samples.list.length >= enough && elapsed >= silentMs;
    const exceeds = ms <= 0 || elapsed > expected.to * 2;
    return shouldHaveOwn || exceeds ? null : { ms, uncertainty: expected.uncertainty };
  }

  return {
    position,
    get total() {
      return total;
    },
    observe(at, done, newTotal) {
      total = newTotal;
      if (done === samples.list.at(-1)!.done) return;
      const waiting = waitUntil === null ? 0 : at - waitCountedAt;
      samples.add(at, done, waitedMs + waiting);
      waitedMs = 0;
      waitCountedAt = at;
    },
    setWait(at, until) {
      if (waitUntil !== null) waitedMs += at - waitCountedAt;
      waitUntil = until;
      announcesWaits ||= until !== null;
      waitCountedAt = at;
    },
    prepend: (earlier) => samples.prepend(earlier),
    elapsed: (at) => at - startOf(samples),
    estimate(at, expected) {
      const remaining = estimate(at, expected);
      if (!remaining || waitUntil === null) return remaining;
      // The step cannot end before the wait that it announced.
      return { ...remaining, ms: Math.max(remaining.ms, waitUntil - at) };
    },
  };
}

/** On the clock of the samples, which leaves out lost time. */
function startOf({ list }: ProgressSamples): number {
  return list[0]!.at;
}

/**
 * Weights both estimates by the inverse square of their uncertainty. The mean is a geometric one,
 * because the uncertainties are relative.
 */
function combine(observed: Remaining, added: number, prior: Remaining): Remaining {
  const [a, b] = [(observed.uncertainty + added) ** -2, prior.uncertainty ** -2];
  return {
    ms: Math.exp((a * Math.log(observed.ms) + b * Math.log(prior.ms)) / (a + b)),
    uncertainty: (a * observed.uncertainty + b * prior.uncertainty) / (a + b),
  };
}

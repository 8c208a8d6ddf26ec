/**
 * Estimates the remaining running time of a job. The module is pure: callers pass every time in.
 *
 * Observations. The estimator receives pairs of running time and completed items of the current
 * step (`observe`), its total, the start of each step, and the waits that the job announces, as for
 * a rate limit (`setWait`). Time during which the job is paused is not part of a run. A few hundred
 * samples per step remain (`progress-samples.ts`); repeated work after a setback counts as lost time.
 *
 * Current step (`step-estimate.ts`). Remaining time is remaining items × time per item + expected
 * pauses. The time per item (`time-per-item.ts`) is one of three estimates, blended by how
 * significant the more specific ones are:
 * 1. the overall mean, which has the least variance;
 * 2. the mean since the most significant change point (the split with the largest Welch's t);
 * 3. the value of an ordinary least-squares line, at the middle of the remaining items. It needs a
 *    slope of several standard errors and a high Kendall's tau, and is bounded to three times the
 *    recent time per item or a third of it.
 *
 * Pauses and announced waits (`pauses.ts`). A gap is a pause if it is at least one second and four
 * times the median gap, and its items took more than four times the median time each. An announced
 * wait is a pause from the first one on. Pauses are removed from the working time. Recurring pauses
 * are added back: the mean pause for each mean number of items between two pauses that is still to
 * come, and the rest of the current pause. An outlier, more than three times longer than every shorter
 * pause, is not expected to recur.
 *
 * History (`duration-estimate.ts`). The prior is the median duration of the step in the last jobs of
 * the same kind and account, scaled in proportion to the step's total or the job's input size. The
 * estimate from this run and the prior are combined with weights of 1 / uncertainty², as with
 * inverse variances. At first the uncertainty of the run's own estimate is increased by
 * `extrapolationUncertainty`, which vanishes as the step completes. Until the run has an estimate of
 * its own the prior stands alone, less the completed share. Later steps take their prior, multiplied
 * by how much slower this job is than past ones (1/3 to 3). Without a prior a later step takes the
 * time that its weight implies, with an uncertainty of 100 %.
 *
 * Range. Each part has a relative uncertainty: two standard errors of the mean time per item, plus half the
 * disagreement between recent and overall mean, plus a share for pauses, or the interquartile range
 * of the prior. The uncertainty of the job is the mean of its parts, weighted by their time. The
 * range is the estimate ± that share. It is a heuristic interval without a stated coverage.
 *
 * No estimate. `estimate` returns null if a step has neither a prior nor enough samples (4 samples,
 * 3 s), after an unusually long silence, if a step without an estimate of its own exceeds its prior,
 * and if the uncertainty is above 50 %.
 *
 * Smoothing (`smoother.ts`). The estimated end moves by 15 to 50 % of each change, every 500 ms at
 * most: exponential smoothing whose factor grows with the size of the change.
 */
import { type DurationEstimate, estimateStepDuration, type PastJob } from "./duration-estimate.ts";
import {
  createProgressSamples,
  type ProgressSample,
  type ProgressSamples,
} from "./progress-samples.ts";
import { createSmoother, type EtaRange } from "./smoother.ts";
import { estimateStep, type Remaining, warmUp } from "./step-estimate.ts";

/** Between two updates the estimated end stays the same. */
const updateIntervalMs = 500;
/** Added to the uncertainty of a step that has just begun, because later items may differ. */
const extrapolationUncertainty = 0.25;
/** Relative uncertainty of a duration that only the weight of its step implies. */
const weightUncertainty = 1;
/** Less certain estimates are not shown. */
const maxUncertainty = 0.5;
/** Limits of the factor by which past durations are scaled to the speed of this job. */
const maxSlowdown = 3;

/** Observations from before this run: past jobs of the kind, and earlier runs of this job. */
export interface JobHistory {
  past: readonly PastJob[];
  /** Input in bytes; null if the job reads none. */
  size: number | null;
  /** Running time of the job's completed steps by position, ms; null for the others. */
  stepMs: readonly (number | null)[];
  /** Samples of the current step from earlier runs of the job, on a clock of running time. */
  samples: readonly ProgressSample[];
}

export interface Estimator {
  /** Starts a step, or continues it with the items that an earlier run completed. */
  startStep(at: number, position: number, done: number): void;
  /** @param total null if unknown */
  observe(at: number, done: number, total: number | null): void;
  /** Announces a wait until a time, or ends it with null. */
  setWait(at: number, until: number | null): void;
  setHistory(history: JobHistory): void;
  /** @returns the remaining time in ms; null if no reliable estimate exists */
  estimate(at: number): EtaRange | null;
}

/** @param weights of the job's steps, in their order */
export function createEstimator(weights: readonly number[]): Estimator {
  let history: JobHistory = { past: [], size: null, stepMs: [], samples: [] };
  let step: CurrentStep | undefined;
  const stepMs: (number | null)[] = [];
  const smoother = createSmoother();
  let updatedAt = Number.NEGATIVE_INFINITY;

  /** Combines the observations of this step with its prior. */
  function estimateCurrentStep(current: CurrentStep, at: number): Remaining | null {
    const { position, samples, total } = current;
    const { size, past } = history;
    const observed = total === null ? null : estimateFromSamples(current, total, at);
    const prior = estimateStepDuration(past, position, { total, size });
    if (!prior) return observed;
    const done = samples.list.at(-1)?.done ?? 0;
    const share = total ? Math.min(1, done / total) : 0;
    const elapsed = at - startOf(current);
    const priorMs = total ? prior.ms * (1 - share) : prior.ms - elapsed;
    if (!observed) return estimateFromPrior(current, prior, { elapsed, ms: priorMs });
    const added = extrapolationUncertainty * (1 - share) ** 2;
    return combine(observed, added, { ms: priorMs, uncertainty: prior.uncertainty });
  }

  /**
   * Ignores earlier runs once this run has announced a wait: their samples do not separate waits
   * from work, so the waits would count twice.
   */
  function estimateFromSamples(current: CurrentStep, total: number, at: number) {
    const { samples, since, waitUntil, announcesWaits } = current;
    const own = announcesWaits ? samples.list.filter((each) => each.at >= since) : samples.list;
    return (
      estimateStep(own, total, at, waitUntil) ?? estimateStep(samples.list, total, at, waitUntil)
    );
  }

  /** Takes the prior at the speed of this job, or else the weight, for each step to come. */
  function estimateLaterSteps(current: CurrentStep, own: Remaining, at: number): Remaining {
    const before = elapsedMs(current, at) + own.ms;
    let ms = 0;
    let uncertainMs = 0;
    const factor = slowdown(current, own, at);
    const weightBefore = sum(weights.slice(0, current.position + 1));
    for (let position = current.position + 1; position < weights.length; position++) {
      const prior = estimateStepDuration(history.past, position, {
        total: null,
        size: history.size,
      });
      if (prior) {
        ms += prior.ms * factor;
        uncertainMs += prior.ms * prior.uncertainty * factor;
      } else {
        const byWeight = (before * weights[position]!) / weightBefore;
        ms += byWeight;
        uncertainMs += byWeight * weightUncertainty;
      }
    }
    return { ms, uncertainty: ms > 0 ? uncertainMs / ms : 0 };
  }

  /** Compares the steps up to the current one with their priors; above 1 this job is slower. */
  function slowdown(current: CurrentStep, own: Remaining, at: number): number {
    let actual = 0;
    let expected = 0;
    for (let position = 0; position <= current.position; position++) {
      const isCurrent = position === current.position;
      const total = isCurrent ? current.total : null;
      const prior = estimateStepDuration(history.past, position, { total, size: history.size });
      const ms = isCurrent ? at - startOf(current) + own.ms : durationOf(position);
      if (!prior || ms === null) continue;
      actual += ms;
      expected += prior.ms;
    }
    if (expected === 0 || actual === 0) return 1;
    return Math.min(maxSlowdown, Math.max(1 / maxSlowdown, actual / expected));
  }

  /** An earlier run may have started the first step of this run. */
  function prependHistory({ samples }: CurrentStep): void {
    samples.prepend(history.samples);
  }

  function durationOf(position: number): number | null {
    return stepMs[position] ?? history.stepMs[position] ?? null;
  }

  function elapsedMs(current: CurrentStep, at: number): number {
    const before = Array.from({ length: current.position }, (_, each) => durationOf(each) ?? 0);
    return sum(before) + at - startOf(current);
  }

  function estimateJob(at: number): Remaining | null {
    const own = step && estimateCurrentStep(step, at);
    if (!step || !own) return null;
    const later = estimateLaterSteps(step, own, at);
    const ms = own.ms + later.ms;
    const uncertainty = ms > 0 ? (own.ms * own.uncertainty + later.ms * later.uncertainty) / ms : 0;
    return uncertainty > maxUncertainty ? null : { ms, uncertainty };
  }

  return {
    startStep(at, position, done) {
      if (step) stepMs[step.position] = at - startOf(step);
      const samples = createProgressSamples();
      samples.add(at, done, 0);
      const waits = { waitUntil: null, announcesWaits: false, waitedMs: 0, waitCountedAt: 0 };
      step = { position, samples, total: null, since: at, ...waits };
      if (stepMs.length === 0) prependHistory(step);
      updatedAt = Number.NEGATIVE_INFINITY;
    },
    observe(at, done, total) {
      if (!step) return;
      step.total = total;
      const last = step.samples.list.at(-1)!.done;
      if (done === last) return;
      const waiting = step.waitUntil === null ? 0 : at - step.waitCountedAt;
      step.samples.add(at, done, step.waitedMs + waiting);
      step.waitedMs = 0;
      step.waitCountedAt = at;
    },
    setWait(at, until) {
      if (!step) return;
      if (step.waitUntil !== null) step.waitedMs += at - step.waitCountedAt;
      step.waitUntil = until;
      step.announcesWaits ||= until !== null;
      step.waitCountedAt = at;
    },
    setHistory(given) {
      history = given;
      updatedAt = Number.NEGATIVE_INFINITY;
      if (step && stepMs.length === 0) prependHistory(step);
    },
    estimate(at) {
      if (at - updatedAt < updateIntervalMs) return smoother.current(at);
      updatedAt = at;
      return smoother.update(at, estimateJob(at));
    },
  };
}

interface CurrentStep {
  position: number;
  samples: ProgressSamples;
  total: number | null;
  /** Time at which this run started or continued the step. */
  since: number;
  /** End of the announced wait; null if the job does not wait. */
  waitUntil: number | null;
  /** Whether this run has announced a wait in this step. */
  announcesWaits: boolean;
  /** Time up to which waits are counted in `waitedMs` or in a sample. */
  waitCountedAt: number;
  /** Announced waits since the last sample that have ended, ms. */
  waitedMs: number;
}

/** On the clock of the samples, which leaves out lost time. */
function startOf({ samples }: CurrentStep): number {
  return samples.list[0]!.at;
}

/** Returns null if the step should already show an estimate of its own, or exceeds the prior. */
function estimateFromPrior(
  { total, samples }: CurrentStep,
  prior: DurationEstimate,
  { elapsed, ms }: { elapsed: number; ms: number },
): Remaining | null {
  const isSilent = total !== null && samples.list.length >= warmUp.samples;
  const exceedsPrior = ms <= 0 || elapsed > prior.to * 2;
  return isSilent || exceedsPrior ? null : { ms, uncertainty: prior.uncertainty };
}

/** Weights both estimates by the inverse square of their uncertainty. */
function combine(observed: Remaining, added: number, prior: Remaining): Remaining {
  const [a, b] = [(observed.uncertainty + added) ** -2, prior.uncertainty ** -2];
  return {
    ms: (a * observed.ms + b * prior.ms) / (a + b),
    uncertainty: (a * observed.uncertainty + b * prior.uncertainty) / (a + b),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

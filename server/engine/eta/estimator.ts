/**
 * Estimates the remaining running time of a job. The module is pure: callers pass every time in.
 *
 * Observations. The estimator receives pairs of running time and completed items of the current
 * step (`observe`), its total, the start of each step, the totals of later steps as far as the job
 * knows them (`expect`), and the waits that the job announces, as for a rate limit (`setWait`). Time
 * during which the job is paused is not part of a run. A few hundred samples per step remain
 * (`progress-samples.ts`); repeated work after a setback counts as lost time.
 *
 * Observed step (`step-estimate.ts`). Remaining time is remaining items × time per item + expected
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
 * pause, is not expected to recur. No step ends before the wait that it announced.
 *
 * Expected step (`expected-step.ts`). Two sources say how long a step takes. Past jobs of a similar size
 * count first, and else the more certain source:
 * 1. The median duration of the step in the last jobs of the same kind and account
 *    (`duration-estimate.ts`), scaled in proportion to the step's total or the job's input size, times
 *    how much slower this job is than past ones (1/3 to 3).
 * 2. The share of the step (`step-shares.ts`), measured in the last jobs of any size on this machine or
 *    declared by the kind, in proportion to the steps before it.
 *
 * Current step (`current-step.ts`). The observed and the expected duration are combined with weights
 * of 1 / uncertainty², as with inverse variances; what only follows from shares counts until there are
 * observations. At first the uncertainty of the observed one is increased by
 * `extrapolationUncertainty`, which vanishes as the step completes. Until the run has an estimate of its
 * own the expected one stands alone, less the completed share.
 *
 * Range. Each part has a relative uncertainty: two standard errors of the mean time per item, plus half the
 * disagreement between recent and overall mean, plus a share for pauses, or the interquartile range
 * of past jobs. The uncertainty of the job is the mean of its parts, weighted by their time. The
 * range is the estimate ± that share. It is a heuristic interval without a stated coverage.
 *
 * No estimate. `estimate` returns null if nothing is expected of a step and it has too few samples (4 in
 * 3 s, or 2 that cover a quarter of the step), after an unusually long silence, if a step without an
 * estimate of its own exceeds the expected one, and if the uncertainty is above 60 %.
 *
 * Smoothing (`smoother.ts`). The estimated end moves by 15 to 50 % of each change, every 500 ms at
 * most: exponential smoothing whose factor grows with the size of the change. A job that has just
 * started follows faster.
 */
import { type CurrentStep, createCurrentStep } from "./current-step.ts";
import { estimateStepDuration, type PastJob } from "./duration-estimate.ts";
import { type BegunSteps, expectStep } from "./expected-step.ts";
import type { ProgressSample } from "./progress-samples.ts";
import { createSmoother, type EtaRange } from "./smoother.ts";
import { type Remaining, warmUp } from "./step-estimate.ts";
import { declaredShares, measureShares, type StepShares } from "./step-shares.ts";

/** Between two updates the estimated end stays the same: for this share of the time since the start. */
const updateInterval = { share: 0.1, minMs: 50, maxMs: 500 };
/** Less certain estimates are not shown. */
const maxUncertainty = 0.6;
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
  /**
   * The shares of the steps on this machine, measured in jobs of all accounts: for a job without past
   * ones. Null if nothing was measured.
   */
  shares: StepShares | null;
}

export interface Estimator {
  /** Starts a step, or continues it with the items that an earlier run completed. */
  startStep(at: number, position: number, done: number): void;
  /** @param total null if unknown */
  observe(at: number, done: number, total: number | null): void;
  /** Announces a wait until a time, or ends it with null. */
  setWait(at: number, until: number | null): void;
  /** Announces the total of a later step, as far as it is known. */
  expect(position: number, total: number): void;
  setHistory(history: JobHistory): void;
  /** @returns the remaining time in ms; null if no reliable estimate exists */
  estimate(at: number): EtaRange | null;
}

/** @param weights of the job's steps, in their order */
export function createEstimator(weights: readonly number[]): Estimator {
  let history: JobHistory = { past: [], size: null, stepMs: [], samples: [], shares: null };
  let shares = declaredShares(weights);
  const totals = new Map<number, number>();
  let step: CurrentStep | undefined;
  const stepMs: (number | null)[] = [];
  const smoother = createSmoother();
  let startedAt: number | undefined;
  let updatedAt = Number.NEGATIVE_INFINITY;

  function estimateJob(at: number): Remaining | null {
    const own = step && estimateCurrentStep(step, at);
    if (!step || !own) return null;
    const begun = begunSteps(step, at, own);
    let later = 0;
    let uncertainMs = own.ms * own.uncertainty;
    for (let position = step.position + 1; position < weights.length; position++) {
      const expected = expectStep(knownJob(), position, begun);
      if (!expected) return null;
      later += expected.ms;
      uncertainMs += expected.ms * expected.uncertainty;
    }
    const ms = own.ms + later;
    const uncertainty = ms > 0 ? uncertainMs / ms : 0;
    return uncertainty > maxUncertainty ? null : { ms, uncertainty };
  }

  function estimateCurrentStep(current: CurrentStep, at: number): Remaining | null {
    const expected = expectStep(knownJob(), current.position, begunSteps(current, at));
    // Without a total nothing corrects the shares later, so they only bridge the start of the step.
    const isBridge = current.total !== null || current.elapsed(at) < warmUp.unknown.ms;
    if (expected?.basis === "shares" && !isBridge) return current.estimate(at, null);
    return current.estimate(at, expected);
  }

  /**
   * Sums the steps before the current one up, and compares them with past jobs.
   * @param own what remains of the current step; given, that step counts too
   */
  function begunSteps(current: CurrentStep, at: number, own?: Remaining): BegunSteps {
    const count = current.position + (own ? 1 : 0);
    let ms = 0;
    const compared = { ms: 0, expectedMs: 0, uncertainMs: 0 };
    for (let position = 0; position < count; position++) {
      const isCurrent = own && position === current.position;
      const duration = isCurrent ? current.elapsed(at) + own.ms : durationOf(position);
      ms += duration ?? 0;
      const known = { total: totals.get(position) ?? null, size: history.size };
      const prior = estimateStepDuration(history.past, position, known);
      if (!prior || duration === null) continue;
      compared.ms += duration;
      compared.expectedMs += prior.ms;
      compared.uncertainMs += prior.ms * prior.uncertainty;
    }
    return { count, ms, slowdown: estimateSlowdown(compared) };
  }

  function knownJob() {
    return { past: history.past, size: history.size, shares, totals };
  }

  function durationOf(position: number): number | null {
    return stepMs[position] ?? history.stepMs[position] ?? null;
  }

  return {
    startStep(at, position, done) {
      startedAt ??= at;
      if (step) stepMs[step.position] = step.elapsed(at);
      step = createCurrentStep(at, position, done);
      // An earlier run may have started the first step of this run.
      if (stepMs.length === 0) step.prepend(history.samples);
      updatedAt = Number.NEGATIVE_INFINITY;
    },
    observe(at, done, total) {
      if (step && total !== null) totals.set(step.position, total);
      step?.observe(at, done, total);
    },
    setWait: (at, until) => step?.setWait(at, until),
    expect(position, total) {
      totals.set(position, total);
    },
    setHistory(given) {
      history = given;
      const measured = measureShares(given.past, weights.length) ?? given.shares;
      shares = measured ?? declaredShares(weights);
      updatedAt = Number.NEGATIVE_INFINITY;
      if (step && stepMs.length === 0) step.prepend(history.samples);
    },
    estimate(at) {
      const { share, minMs, maxMs } = updateInterval;
      const sinceStart = at - (startedAt ?? at);
      const interval = Math.min(maxMs, Math.max(minMs, sinceStart * share));
      if (at - updatedAt < interval) return smoother.current(at);
      updatedAt = at;
      return smoother.update(at, estimateJob(at), sinceStart);
    },
  };
}

/**
 * Compares durations with those of past jobs. A difference within their uncertainty is no evidence, and
 * counts in part.
 * @returns above 1 if this job is slower
 */
function estimateSlowdown(compared: { ms: number; expectedMs: number; uncertainMs: number }) {
  const { ms, expectedMs, uncertainMs } = compared;
  if (ms === 0 || expectedMs === 0) return 1;
  const difference = Math.log(ms / expectedMs);
  const evidence = difference ** 2 / (difference ** 2 + (uncertainMs / expectedMs) ** 2);
  return Math.min(maxSlowdown, Math.max(1 / maxSlowdown, Math.exp(difference * evidence)));
}

/** Estimates the remaining time of a step from the samples of that step alone. Pure. */
import { detectPauses } from "./pauses.ts";
import type { ProgressSample } from "./progress-samples.ts";
import { estimateTimePerItem } from "./time-per-item.ts";

/**
 * An estimate needs at least this much running time and this many samples. A step whose duration is
 * expected, so that a first guess can be compared, needs less.
 */
export const warmUp = { unknown: { ms: 3_000, samples: 4 }, expected: { ms: 1_000, samples: 8 } };
/** Or else it needs samples that cover this share of the step: one done in seconds shows its speed. */
const coveredShare = { min: 0.25, samples: 2 };
/** A silence longer than both limits makes every estimate unreliable. */
const maxSilence = { ms: 8_000, timesUsual: 2 };
/** An announced pause counts as this many observed ones: it is more likely to recur. */
const announcedPauseWeight = 3;

export interface Remaining {
  ms: number;
  /** Relative uncertainty: the true value may differ by this share of `ms`. */
  uncertainty: number;
}

interface ObservedStep {
  total: number;
  /** On the clock of the samples, ms. */
  now: number;
  /** End of an announced wait on the same clock; null if the step does not wait. */
  waitUntil: number | null;
  /** The least running time and number of samples for an estimate. */
  warmUp: { ms: number; samples: number };
}

/** @returns null if there is no reliable estimate */
export function estimateStep(
  samples: readonly ProgressSample[],
  step: ObservedStep,
): Remaining | null {
  const { total, now, waitUntil } = step;
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || !isWarmedUp(samples, step)) return null;
  const pauses = detectPauses(samples, waitUntil);
  const start = samples.length > 2 ? pauses.firstBurstEnd : 0;
  const perItem = estimateTimePerItem(pauses.work.slice(start), total);
  if (!perItem) return null;
  const remaining = Math.max(0, total - last.done);
  const silence = now - last.at;
  const usual = Math.max(pauses.maxGapMs, pauses.meanMs) * maxSilence.timesUsual;
  if (waitUntil === null && silence > Math.max(maxSilence.ms, usual)) return null;
  const isPaused = waitUntil !== null || (pauses.meanMs > 0 && silence > pauses.maxGapMs);
  const sinceLast = isPaused ? 0 : last.done - pauses.lastAt;
  const toNext = Math.max(0, pauses.interval - sinceLast);
  // The epsilon keeps a rounding error from adding a pause at the very end.
  const upcoming =
    remaining > toNext ? 1 + Math.floor((remaining - toNext) / pauses.interval - 1e-9) : 0;
  const restOfPause = waitUntil !== null ? waitUntil - now : pauses.meanMs - silence;
  // A short silence belongs to the current item; a long one says nothing about the remaining work.
  const working = remaining * perItem.ms - (isPaused ? 0 : Math.min(silence, pauses.maxGapMs / 2));
  const pausing = upcoming * pauses.meanMs + (isPaused ? Math.max(0, restOfPause) : 0);
  const ms = Math.max(0, working) + pausing;
  if (ms === 0) return { ms, uncertainty: perItem.uncertainty };
  // Recurring pauses are the surer the more of them were seen. A wait may be too short to be
  // counted as a pause, so the count is at least 1.
  const seen = Math.max(1, pauses.count) * (pauses.allAnnounced ? announcedPauseWeight : 1);
  const fromPauses = pausing / ms / seen;
  // After an outlier only more work can show that it does not recur.
  const fromOutliers = pauses.outlierMs / (pauses.outlierMs + 2 * pauses.work.at(-1)!.at);
  return { ms, uncertainty: perItem.uncertainty * (working / ms) + fromPauses + fromOutliers };
}

function isWarmedUp(samples: readonly ProgressSample[], step: ObservedStep): boolean {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const { ms, samples: enough } = step.warmUp;
  if (step.now - first.at >= ms && samples.length >= enough) return true;
  const share = (last.done - first.done) / step.total;
  return samples.length >= coveredShare.samples && share >= coveredShare.min;
}

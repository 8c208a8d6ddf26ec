/** Estimates the duration of a job or a step from past jobs of the same kind. Pure. */

/** A job that succeeded. */
export interface PastJob {
  /** Running time without pauses. */
  ms: number;
  /** Input in bytes; null if unknown. */
  size: number | null;
  /** By position; null if the duration of a step is unknown. */
  steps: readonly (PastStep | null)[];
}

export interface PastStep {
  ms: number;
  /** Final total of the step. */
  total: number | null;
}

/** Quartiles of the expected duration, ms: the median and the interquartile range. */
export interface DurationEstimate {
  ms: number;
  from: number;
  to: number;
  /** Relative uncertainty of `ms` for the next job. It is larger for a small sample. */
  uncertainty: number;
}

/**
 * Jobs within this factor of the size are scaled in proportion to it. Beyond that the fixed costs
 * of a job distort the proportion.
 */
const maxSizeRatio = 4;
/** Without such jobs, those within this factor give a less certain estimate. */
const maxFallbackRatio = 20;
/** Past steps count if their ratio is within this factor of the smallest one. */
const nearestTolerance = 2;
/** The part of a step's duration that does not grow with its total, ms: scaled up, it misleads. */
const fixedCostMs = 100;
/** The uncertainty that scaling beyond `maxSizeRatio` adds, per unit of the ratio's logarithm. */
const scalingUncertainty = 0.2;

/**
 * @param size input of the new job in bytes; null if it has none
 * @returns null if no past job is comparable
 */
export function estimateDuration(
  past: readonly PastJob[],
  size: number | null,
): DurationEstimate | null {
  return estimateScaled(
    past.map((job) => ({ ms: job.ms, size: job.size })),
    size,
  );
}

/**
 * Scales by the step's total if it is known, or else by the job's size. A past step of any size serves:
 * those of the most similar size.
 * @param position of the step
 * @returns null if no past step is comparable
 */
export function estimateStepDuration(
  past: readonly PastJob[],
  position: number,
  { total, size }: { total: number | null; size: number | null },
): DurationEstimate | null {
  const steps = past.flatMap((job) => {
    const step = job.steps[position];
    return step ? [{ ms: step.ms, total: step.total, size: job.size }] : [];
  });
  if (total !== null && steps.some((step) => step.total !== null)) {
    return estimateNearest(
      steps.map((step) => ({ ms: step.ms, size: step.total })),
      total,
    );
  }
  return estimateNearest(steps, size);
}

/** Uses the past steps whose size is about as near as that of the nearest one. */
function estimateNearest(past: Sized[], size: number | null): DurationEstimate | null {
  if (size === null) return quartiles(past.map(({ ms }) => ms));
  const scaled = scale(past, size);
  const nearest = Math.min(...scaled.map(({ ratio }) => ratio));
  const similar = scaled.filter(({ ratio }) => ratio <= nearest * nearestTolerance);
  const found = quartiles(similar.map(({ ms }) => ms));
  if (!found) return null;
  const beyond = Math.max(0, Math.log(nearest / maxSizeRatio)) * scalingUncertainty;
  const factor = Math.max(...similar.map((each) => each.factor));
  const fixed = factor > maxSizeRatio ? (fixedCostMs * factor) / found.ms : 0;
  return { ...found, uncertainty: found.uncertainty + beyond + fixed };
}

interface Sized {
  ms: number;
  size: number | null;
}

/** Scales the durations in proportion to the size. */
function scale(past: readonly Sized[], size: number) {
  return past.flatMap((each) => {
    if (each.size === null) return [];
    const factor = Math.max(1, size) / Math.max(1, each.size);
    return [{ ms: each.ms * factor, factor, ratio: Math.max(factor, 1 / factor) }];
  });
}

function estimateScaled(past: Sized[], size: number | null): DurationEstimate | null {
  if (size === null) return quartiles(past.map(({ ms }) => ms));
  const scaled = scale(past, size);
  const within = (max: number) =>
    quartiles(scaled.filter(({ ratio }) => ratio <= max).map(({ ms }) => ms));
  const found = within(maxSizeRatio);
  if (found) return found;
  const fallback = within(maxFallbackRatio);
  if (!fallback) return null;
  const { ms, from, to, uncertainty } = fallback;
  return { ms, from: from / 2, to: to * 2, uncertainty: uncertainty + 0.5 };
}

function quartiles(values: number[]): DurationEstimate | null {
  if (values.length === 0) return null;
  const sorted = values.sort((a, b) => a - b);
  const [from, ms, to] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  return { ms, from, to, uncertainty: 0.1 + (to - from) / Math.max(1, ms) + 0.25 / sorted.length };
}

/** Interpolates linearly between the two nearest values. */
function quantile(sorted: readonly number[], share: number): number {
  const index = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(index)]!, sorted[Math.ceil(index)]!];
  return low + (high - low) * (index - Math.floor(index));
}

/**
 * Estimates the mean time per remaining item from the overall mean, the mean since the last change
 * point, and a linear trend. The thresholds were tuned on recorded runs (`test/engine/eta`). Pure.
 */

export interface TimePerItem {
  /** Mean time per remaining item. */
  ms: number;
  /** Relative uncertainty: the true value may differ by this share of `ms`. */
  uncertainty: number;
}

interface Point {
  /** Working time, ms. */
  at: number;
  done: number;
}

/** A value grows linearly from 0 at `from` to 1 at `full`. */
interface Ramp {
  from: number;
  full: number;
}

const intervalCount = 10;
const minIntervals = 4;
/** Significance of a change point, in standard errors of the difference. */
const changeSignificance: Ramp = { from: 4, full: 8 };
/** Intervals on either side of a change point. */
const minAroundChange = 3;
/** Significance of a trend, in standard errors of the slope. */
const trendSignificance: Ramp = { from: 4, full: 8 };
/** Absolute value of Kendall's tau that a trend needs. */
const trendMonotonicity: Ramp = { from: 0.6, full: 0.85 };
/** Number of points that a change or a trend needs. */
const sampleSize: Ramp = { from: 20, full: 60 };
/** A trend is extrapolated to at most this multiple, or fraction, of the recent time per item. */
const maxExtrapolation = 3;
const minUncertainty = 0.03;
/** Uncertainty while there are too few intervals for a standard error. */
const initialUncertainty = 0.4;

/**
 * Blends the three estimates: the overall mean is the steadiest; the mean since a change point and
 * the trend replace it in proportion to their significance.
 * @param total where the work ends, in items
 * @returns null if no item is completed
 */
export function estimateTimePerItem(points: readonly Point[], total: number): TimePerItem | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.done <= first.done) return null;
  // A job may spend all its time in waits.
  if (last.at <= first.at) return { ms: 0, uncertainty: minUncertainty };
  const overall = msPerItem(first, last);
  const byDone = divide(points, ({ done }) => done);
  if (byDone.length < minIntervals) return { ms: overall, uncertainty: initialUncertainty };
  const change = findChangePoint(divide(points, ({ at }) => at));
  const trend = fitTrend(byDone, (last.done + total) / 2);
  const trust = ramp(points.length, sampleSize);
  const [changeWeight, trendWeight] = [change.significance * trust, trend.significance * trust];
  const recent = overall + changeWeight * (change.ms - overall);
  const bounded = Math.min(
    recent * maxExtrapolation,
    Math.max(recent / maxExtrapolation, trend.ms),
  );
  const ms = recent + trendWeight * (bounded - recent);
  const disagreement = Math.abs(change.ms - overall) * 0.5 * (1 - trendWeight) * (1 - changeWeight);
  const uncertainty = trend.spread * (1 - changeWeight) + disagreement / ms;
  return { ms, uncertainty: Math.max(minUncertainty, uncertainty) };
}

function msPerItem(a: Point, b: Point): number {
  return (b.at - a.at) / (b.done - a.done);
}

/**
 * Finds the split with the largest Welch's t between the speeds before and after it.
 * @param intervals of equal time
 * @returns the time per item after the split, and its significance from 0 to 1
 */
function findChangePoint(intervals: readonly Interval[]): { ms: number; significance: number } {
  let best = { ms: intervals.at(-1)?.ms ?? 0, t: 0 };
  for (let at = minAroundChange; at <= intervals.length - minAroundChange; at++) {
    const before = intervals.slice(0, at).map(speed);
    const after = intervals.slice(at).map(speed);
    const error = Math.sqrt(variance(before) / before.length + variance(after) / after.length);
    const t = Math.abs(mean(after) - mean(before)) / error;
    if (t > best.t) best = { ms: 1 / mean(after), t };
  }
  return { ms: best.ms, significance: ramp(best.t, changeSignificance) };
}

function speed({ ms }: Interval): number {
  return 1 / ms;
}

interface Interval {
  /** Midpoint, in items. */
  done: number;
  /** Mean time per item. */
  ms: number;
}

/**
 * Fits time per item to completed items by ordinary least squares.
 * @param target items at which the line is read
 * @returns the fitted time per item there, the significance of the slope (0 to 1), and two standard
 *   errors of the mean as a share of it
 */
function fitTrend(intervals: readonly Interval[], target: number) {
  const meanMs = mean(intervals.map(({ ms }) => ms));
  const meanDone = mean(intervals.map(({ done }) => done));
  const sum = (of: (each: Interval) => number) =>
    intervals.reduce((all, each) => all + of(each), 0);
  const sxx = sum(({ done }) => (done - meanDone) ** 2);
  const slope = sum(({ done, ms }) => (done - meanDone) * (ms - meanMs)) / sxx;
  const residuals = sum(({ done, ms }) => (ms - meanMs - slope * (done - meanDone)) ** 2);
  const error = Math.sqrt(residuals / (intervals.length - 2) / sxx);
  return {
    ms: meanMs + slope * (target - meanDone),
    significance:
      ramp(Math.abs(slope) / error, trendSignificance) *
      ramp(absoluteTau(intervals), trendMonotonicity),
    spread: (2 * Math.sqrt(residuals / (intervals.length - 1) / intervals.length)) / meanMs,
  };
}

/** Absolute value of Kendall's tau between order and time per item: 1 if it is monotonic. */
function absoluteTau(intervals: readonly Interval[]): number {
  let order = 0;
  for (const [n, { ms }] of intervals.entries()) {
    for (const later of intervals.slice(n + 1)) order += Math.sign(later.ms - ms);
  }
  return (2 * Math.abs(order)) / (intervals.length * (intervals.length - 1));
}

/** Divides the points into about `intervalCount` intervals of equal length, as `of` measures it. */
function divide(points: readonly Point[], of: (point: Point) => number): Interval[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const length = (of(last) - of(first)) / intervalCount;
  const intervals: Interval[] = [];
  let before = first;
  for (const point of points) {
    const isEnd = of(point) >= of(before) + length || point === last;
    if (!isEnd || point.done <= before.done) continue;
    intervals.push({ done: (before.done + point.done) / 2, ms: msPerItem(before, point) });
    before = point;
  }
  return intervals;
}

function ramp(value: number, { from, full }: Ramp): number {
  // 0 / 0: neither a difference nor an error.
  if (Number.isNaN(value)) return 0;
  return Math.min(1, Math.max(0, (value - from) / (full - from)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample variance. */
function variance(values: readonly number[]): number {
  const average = mean(values);
  return values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1);
}

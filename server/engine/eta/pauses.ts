/**
 * Separates pauses from work. Batches and rate limits cause pauses that recur and belong into an
 * estimate; a lock or a lost connection causes a single long one that does not. Pure.
 */
import type { ProgressSample } from "./progress-samples.ts";

/** A shorter gap is work. An announced wait needs half of that. */
const minPauseMs = 1_000;
/** An unannounced pause is this many times longer than the median gap. */
const minTimesMedian = 4;
/** An outlier is this many times longer than the next longest pause. */
const minTimesNext = 3;

export interface Pauses {
  /** The samples on a clock of working time from 0, which stands still during pauses. */
  work: { at: number; done: number }[];
  /** Index in `work` of the end of the first burst. The time before it may include a setup. */
  firstBurstEnd: number;
  /** Mean length of the recurring pauses, ms; 0 if there are none. */
  meanMs: number;
  /** Mean number of items between two recurring pauses; infinite if there are none. */
  interval: number;
  /** Completed items at the last recurring pause. */
  lastAt: number;
  /** Number of recurring pauses. */
  count: number;
  /** Whether the job announced all of the recurring pauses. */
  allAnnounced: boolean;
  /** Total length of the outliers, ms. */
  outlierMs: number;
  /** A longer gap without progress is a pause, ms. */
  maxGapMs: number;
}

interface Pause {
  ms: number;
  /** Completed items before it. */
  done: number;
  isAnnounced: boolean;
}

/** @param waitUntil end of an announced wait, which is a pause too; null if there is none */
export function detectPauses(samples: readonly ProgressSample[], waitUntil: number | null): Pauses {
  const gaps = samples.slice(1).map((each, n) => each.at - samples[n]!.at);
  const medianGap = median(gaps);
  const perItem = gaps.map((gap, n) => gap / (samples[n + 1]!.done - samples[n]!.done));
  const medianPerItem = median(perItem);
  const maxGapMs = Math.max(minPauseMs, medianGap * minTimesMedian);
  const pauses: Pause[] = [];
  const work = samples.length > 0 ? [{ at: 0, done: samples[0]!.done }] : [];
  for (const [n, gap] of gaps.entries()) {
    const { done, waited } = samples[n + 1]!;
    const isAnnounced = waited >= Math.max(minPauseMs, gap) / 2;
    // Samples from events are sparse: a long gap with proportional progress is no pause.
    const isSilent = gap > maxGapMs && perItem[n]! > medianPerItem * minTimesMedian;
    const ms = isAnnounced ? Math.min(waited, gap) : isSilent ? gap - medianGap : 0;
    if (ms > 0) pauses.push({ ms, done: samples[n]!.done, isAnnounced });
    work.push({ at: work[n]!.at + gap - ms, done });
  }
  const last = samples.at(-1);
  if (last && waitUntil !== null && waitUntil - last.at >= minPauseMs) {
    pauses.push({ ms: waitUntil - last.at, done: last.done, isAnnounced: true });
  }
  // Measuring from the end of one burst to the end of another covers whole bursts and whole gaps.
  const firstBurstEnd = Math.max(
    1,
    gaps.findIndex((gap, n) => n > 0 && gap >= medianGap / 2),
  );
  return { work, firstBurstEnd, maxGapMs, ...summarize(pauses) };
}

function summarize(found: Pause[]): Omit<Pauses, "work" | "firstBurstEnd" | "maxGapMs"> {
  const pauses = withoutOutliers(found);
  const [first, last] = [pauses[0], pauses.at(-1)];
  const count = pauses.length;
  const allAnnounced = pauses.every(({ isAnnounced }) => isAnnounced);
  const outlierMs = totalMs(found) - totalMs(pauses);
  const common = { count, allAnnounced, outlierMs };
  if (!first || !last) {
    return { meanMs: 0, interval: Number.POSITIVE_INFINITY, lastAt: 0, ...common };
  }
  const interval = count > 1 ? (last.done - first.done) / (count - 1) : last.done;
  return {
    meanMs: totalMs(pauses) / count,
    interval: interval > 0 ? interval : Number.POSITIVE_INFINITY,
    lastAt: last.done,
    ...common,
  };
}

function totalMs(pauses: readonly Pause[]): number {
  return pauses.reduce((sum, { ms }) => sum + ms, 0);
}

/** Drops the longest pauses while each is an outlier to the next; announced waits always stay. */
function withoutOutliers(pauses: readonly Pause[]): Pause[] {
  const byLength = [...pauses].sort((a, b) => b.ms - a.ms);
  const outliers = new Set<Pause>();
  for (const [n, pause] of byLength.entries()) {
    const next = byLength[n + 1];
    if (pause.isAnnounced || (next && pause.ms <= minTimesNext * next.ms)) break;
    outliers.add(pause);
  }
  return pauses.filter((pause) => !outliers.has(pause));
}

/** @returns 0 for an empty list */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

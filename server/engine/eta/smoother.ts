/**
 * Smooths the estimated end exponentially, so that it does not jump. The smoothing factor grows with
 * the relative size of the change: a large change arrives within a second or two. At the start of a
 * job, when each sample says much, it follows at once. Pure.
 */
import type { Remaining } from "./step-estimate.ts";

export interface Smoother {
  /**
   * Takes a new estimate and returns the smoothed one. Null or a number that is not finite resets.
   * @param sinceStart running time of the job, ms
   */
  update(at: number, remaining: Remaining | null, sinceStart: number): EtaRange | null;
  /** Returns the last smoothed estimate as of `at`. */
  current(at: number): EtaRange | null;
}

/** Remaining time in ms, at the earliest and at the latest. */
export interface EtaRange {
  from: number;
  to: number;
}

/** Share of a change that each update adopts. */
const factor = { min: 0.15, max: 0.5 };
/** A change of this share of the remaining time gets the largest factor. */
const largeChange = 0.25;
/** Until this time after the start a change is adopted faster, ms. */
const settledMs = 5_000;

export function createSmoother(): Smoother {
  let end: { at: number; uncertainty: number } | undefined;

  function current(at: number): EtaRange | null {
    if (!end) return null;
    const ms = Math.max(0, end.at - at);
    return { from: ms * (1 - end.uncertainty), to: ms * (1 + end.uncertainty) };
  }

  return {
    current,
    update(at, remaining, sinceStart) {
      if (!remaining || !Number.isFinite(remaining.ms + remaining.uncertainty)) end = undefined;
      else if (!end) end = { at: at + remaining.ms, uncertainty: remaining.uncertainty };
      else {
        const change = at + remaining.ms - end.at;
        const size = Math.min(1, Math.abs(change) / (remaining.ms * largeChange + 1));
        const steady = factor.min + (factor.max - factor.min) * size;
        const share = Math.max(steady, 1 - sinceStart / settledMs);
        end = {
          at: end.at + change * share,
          uncertainty: end.uncertainty + (remaining.uncertainty - end.uncertainty) / 2,
        };
      }
      return current(at);
    },
  };
}

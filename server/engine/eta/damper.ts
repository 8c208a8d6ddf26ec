/**
 * Keeps what is told from jumping about: small changes of mind come in slowly, large ones within a
 * second or two, for what is known to be wrong must not be told on. Pure.
 */
import type { Ahead } from "./step.ts";

export interface Damper {
  /** Takes a new look at what is ahead; null, or what is no figure, where nothing can be said. */
  next(at: number, ahead: Ahead | null): Told | null;
  /** What was told last, as it is now. */
  told(at: number): Told | null;
}

/** Milliseconds from now, at best and at worst. */
export interface Told {
  from: number;
  to: number;
}

/** Of a change, this much is taken over with each look, the more the larger it is. */
const taken = { least: 0.15, most: 0.5 };
/** One by this share of what is left is large. */
const large = 0.25;

export function createDamper(): Damper {
  let end: { at: number; unsure: number } | undefined;

  function told(at: number): Told | null {
    if (!end) return null;
    const left = Math.max(0, end.at - at);
    return { from: left * (1 - end.unsure), to: left * (1 + end.unsure) };
  }

  return {
    told,
    next(at, ahead) {
      if (!ahead || !Number.isFinite(ahead.ms + ahead.unsure)) end = undefined;
      else if (!end) end = { at: at + ahead.ms, unsure: ahead.unsure };
      else {
        const change = at + ahead.ms - end.at;
        const size = Math.min(1, Math.abs(change) / (ahead.ms * large + 1));
        const share = taken.least + (taken.most - taken.least) * size;
        end = { at: end.at + change * share, unsure: end.unsure + (ahead.unsure - end.unsure) / 2 };
      }
      return told(at);
    },
  };
}

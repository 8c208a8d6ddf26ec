/**
 * Keeps what is told from jumping about: small changes of mind come in slowly, large ones soon, for
 * what is known to be wrong must not be told on. Pure.
 */
import type { Ahead } from "./step.ts";

export interface Damper {
  /** Takes a new look at what is ahead; null where nothing can be said. */
  next(at: number, ahead: Ahead | null): Told | null;
  /** What was told last, as it is now. */
  told(at: number): Told | null;
}

/** Milliseconds from now, at best and at worst. */
export interface Told {
  from: number;
  to: number;
}

/** A change by this share of what is left is taken over at once; a smaller one in proportion. */
const atOnce = 0.25;
/** A change is taken over by at least this share of it. */
const least = 0.2;

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
      if (!ahead) end = undefined;
      else if (!end) end = { at: at + ahead.ms, unsure: ahead.unsure };
      else {
        const change = at + ahead.ms - end.at;
        const share = Math.min(1, Math.max(least, Math.abs(change) / (ahead.ms * atOnce + 1)));
        end = { at: end.at + change * share, unsure: end.unsure + (ahead.unsure - end.unsure) / 2 };
      }
      return told(at);
    },
  };
}

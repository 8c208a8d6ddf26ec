/** How long a step will still take, by what was seen of it alone. Pure. */
import type { Advance } from "./advances.ts";
import { paceAhead } from "./pace.ts";
import { findPauses } from "./pauses.ts";

/** Before this much was seen, any figure would be a guess. */
export const warmUp = { ms: 3_000, advances: 4 };
/** After a silence so long, and so many times what is usual, nobody knows what is behind it. */
const silence = { ms: 8_000, timesUsual: 2 };

/** Pauses that were told are so many times surer to come back. */
const toldPauses = 3;

export interface Ahead {
  ms: number;
  /** How far from that the truth may well be, as a share of it. */
  unsure: number;
}

/**
 * @param now on the clock of the advances
 * @param waitsUntil on the same clock, where the step waits as it said it would
 * @returns null as long as nothing honest can be said
 */
export function stepAhead(
  list: readonly Advance[],
  total: number,
  now: number,
  waitsUntil: number | null,
): Ahead | null {
  const [first, last] = [list[0], list.at(-1)];
  if (!first || !last || list.length < warmUp.advances) return null;
  if (now - first.at < warmUp.ms) return null;
  const pauses = findPauses(list, waitsUntil);
  const pace = paceAhead(pauses.work.slice(pauses.readyAt), total);
  if (!pace) return null;
  const left = Math.max(0, total - last.done);
  const silent = now - last.at;
  const usual = Math.max(pauses.silentMs, pauses.usualMs) * silence.timesUsual;
  if (waitsUntil === null && silent > Math.max(silence.ms, usual)) return null;
  const waits = waitsUntil !== null || (pauses.usualMs > 0 && silent > pauses.silentMs);
  const sinceLast = waits ? 0 : last.done - pauses.lastAt;
  const toNext = Math.max(0, pauses.between - sinceLast);
  const further = left > toNext ? 1 + Math.floor((left - toNext) / pauses.between - 1e-9) : 0;
  const ofThis = waitsUntil !== null ? waitsUntil - now : pauses.usualMs - silent;
  // A short silence is part of the work in hand; a long one says nothing about what is left.
  const working = left * pace.ms - (waits ? 0 : Math.min(silent, pauses.silentMs / 2));
  const waiting = further * pauses.usualMs + (waits ? Math.max(0, ofThis) : 0);
  const ms = Math.max(0, working) + waiting;
  if (ms === 0) return { ms, unsure: pace.unsure };
  // How regular pauses are shows only in some of them; that one came once, only in what follows it.
  // A wait that is too short for a pause may be the first there is.
  const seen = Math.max(1, pauses.count) * (pauses.told ? toldPauses : 1);
  const ofPauses = waiting / ms / seen;
  const ofSingle = pauses.singleMs / (pauses.singleMs + 2 * pauses.work.at(-1)!.at);
  return { ms, unsure: pace.unsure * (working / ms) + ofPauses + ofSingle };
}

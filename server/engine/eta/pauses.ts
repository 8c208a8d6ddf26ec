/**
 * Work that comes in bursts, or that a service allows so much of at a time, stands still again and
 * again; a lock or a lost connection does so once. The first will come back and belongs into an
 * estimate, the second does not. Pure.
 */
import type { Advance } from "./advances.ts";

/** A shorter silence is work; of a wait that was told, half of that. */
const shortestMs = 1_000;
/** So many times the usual silence is a pause, unless the job had told it. */
const timesUsual = 4;
/** One this many times longer than every other comes once. */
const timesOthers = 3;

export interface Pauses {
  /** The advances on a clock that stands still during pauses, from 0. */
  work: { at: number; done: number }[];
  /** Which of them is the end of the first heap: before it the job got ready, as long as that took. */
  readyAt: number;
  /** What one of those that come back takes, ms; 0 where none does. */
  usualMs: number;
  /** What is done between two that come back; infinite where none does. */
  between: number;
  /** What was done when the last of those ended. */
  lastAt: number;
  /** How many come back, and whether the job told of all of them. */
  count: number;
  told: boolean;
  /** What others took that came once, ms. */
  singleMs: number;
  /** How long the step may say nothing before that is a pause, ms. */
  silentMs: number;
}

interface Pause {
  ms: number;
  /** What was done before it. */
  done: number;
  told: boolean;
}

/** @param waitsUntil where the step waits as it said it would, which is a pause too */
export function findPauses(list: readonly Advance[], waitsUntil: number | null): Pauses {
  const spans = list.slice(1).map((each, n) => each.at - list[n]!.at);
  const usual = median(spans);
  const paces = spans.map((span, n) => span / (list[n + 1]!.done - list[n]!.done));
  const usualPace = median(paces);
  const silentMs = Math.max(shortestMs, usual * timesUsual);
  const pauses: Pause[] = [];
  const work = list.length > 0 ? [{ at: 0, done: list[0]!.done }] : [];
  for (const [n, span] of spans.entries()) {
    const { done, waited } = list[n + 1]!;
    const told = waited >= Math.max(shortestMs, span) / 2;
    // What was seen only now and then, as by another process, is no pause where as much was done.
    const isSilent = span > silentMs && paces[n]! > usualPace * timesUsual;
    const ms = told ? Math.min(waited, span) : isSilent ? span - usual : 0;
    if (ms > 0) pauses.push({ ms, done: list[n]!.done, told });
    work.push({ at: work[n]!.at + span - ms, done });
  }
  const last = list.at(-1);
  if (last && waitsUntil !== null && waitsUntil - last.at >= shortestMs) {
    pauses.push({ ms: waitsUntil - last.at, done: last.done, told: true });
  }
  // From the end of a heap to that of another both the heaps and the times between are whole.
  const readyAt = Math.max(
    1,
    spans.findIndex((span, n) => n > 0 && span >= usual / 2),
  );
  return { work, readyAt, silentMs, ...recurring(pauses) };
}

function recurring(found: Pause[]): Omit<Pauses, "work" | "readyAt" | "silentMs"> {
  const pauses = withoutSingle(found);
  const [first, last] = [pauses[0], pauses.at(-1)];
  const count = pauses.length;
  const told = pauses.every((pause) => pause.told);
  const singleMs = msOf(found) - msOf(pauses);
  if (!first || !last)
    return { usualMs: 0, between: Number.POSITIVE_INFINITY, lastAt: 0, count, told, singleMs };
  const between = pauses.length > 1 ? (last.done - first.done) / (pauses.length - 1) : last.done;
  return {
    usualMs: msOf(pauses) / count,
    between: between > 0 ? between : Number.POSITIVE_INFINITY,
    lastAt: last.done,
    count,
    told,
    singleMs,
  };
}

function msOf(pauses: readonly Pause[]): number {
  return pauses.reduce((sum, { ms }) => sum + ms, 0);
}

/** Longest first, those that nothing comes near are left out; a wait that was told is none of them. */
function withoutSingle(pauses: readonly Pause[]): Pause[] {
  const byLength = [...pauses].sort((a, b) => b.ms - a.ms);
  const single = new Set<Pause>();
  for (const [n, pause] of byLength.entries()) {
    const next = byLength[n + 1];
    if (pause.told || (next && pause.ms <= timesOthers * next.ms)) break;
    single.add(pause);
  }
  return pauses.filter((pause) => !single.has(pause));
}

/** @returns 0 for no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What an item will take from here on: as until now, as of late, or where it is heading. Pure. */

export interface Pace {
  /** Milliseconds for one of what is left, on average. */
  ms: number;
  /** How far from that the truth may well be, as a share of it. */
  unsure: number;
}

interface Point {
  /** Working time, ms. */
  at: number;
  done: number;
}

/** Of the working time so far, this much is "of late". */
const lately = 0.5;
const stretches = 10;
const fewestStretches = 4;
/** A change, or a trend, is believed from the first of so many standard errors on; wholly from the second. */
const clearChange = { from: 2, wholly: 4 };
const clearTrend = { from: 4, wholly: 8 };
/** The trend is not drawn on to more than so many times the pace of late, or such a part of it. */
const furthest = 3;
const leastUnsure = 0.03;
/** Of what was too short to be looked at in stretches. */
const unsureAtFirst = 0.4;

/**
 * The average of all, for it is the steadiest; of late where that clearly differs; and along a
 * straight line where the pace clearly rises or falls.
 * @param total where the work ends
 * @returns null where nothing was done yet
 */
export function paceAhead(points: readonly Point[], total: number): Pace | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.done <= first.done) return null;
  // A job may do nothing but wait.
  if (last.at <= first.at) return { ms: 0, unsure: leastUnsure };
  const whole = between(first, last);
  const paces = stretchPaces(points);
  if (paces.length < fewestStretches) return { ms: whole, unsure: unsureAtFirst };
  const since = points.findLast(
    ({ at, done }) => at <= last.at - (last.at - first.at) * lately && done < last.done,
  );
  const late = between(since ?? first, last);
  const changed = changeOf(paces.map(({ ms }) => ms));
  const now = whole + changed * (late - whole);
  const { at, certainty, spread } = trend(paces, (last.done + total) / 2);
  const drawn = Math.min(now * furthest, Math.max(now / furthest, at));
  const ms = now + certainty * (drawn - now);
  const undecided = Math.abs(late - whole) * 0.5 * (1 - certainty);
  return { ms, unsure: Math.max(leastUnsure, spread + undecided / ms) };
}

function between(a: Point, b: Point): number {
  return (b.at - a.at) / (b.done - a.done);
}

/** How clearly the later half differs from the earlier one, 0 to 1, by Welch's t. */
function changeOf(paces: readonly number[]): number {
  const middle = paces.length >> 1;
  const [early, late] = [paces.slice(0, middle), paces.slice(middle)];
  const error = Math.sqrt(variance(early) / early.length + variance(late) / late.length);
  return share(Math.abs(mean(late) - mean(early)) / error, clearChange);
}

interface Stretch {
  /** Its middle. */
  done: number;
  ms: number;
}

/**
 * The straight line through the paces of stretches, by least squares.
 * @returns the pace on it there, how clearly it rises or falls (0 to 1), and two standard errors of
 *   the mean pace as a share of it
 */
function trend(paces: readonly Stretch[], there: number) {
  const meanPace = mean(paces.map(({ ms }) => ms));
  const meanDone = mean(paces.map(({ done }) => done));
  const sum = (of: (each: Stretch) => number) => paces.reduce((all, each) => all + of(each), 0);
  const width = sum(({ done }) => (done - meanDone) ** 2);
  const slope = sum(({ done, ms }) => (done - meanDone) * (ms - meanPace)) / width;
  const rest = sum(({ done, ms }) => (ms - meanPace - slope * (done - meanDone)) ** 2);
  const error = Math.sqrt(rest / (paces.length - 2) / width);
  return {
    at: meanPace + slope * (there - meanDone),
    certainty: share(Math.abs(slope) / error, clearTrend),
    spread: (2 * Math.sqrt(rest / (paces.length - 1) / paces.length)) / meanPace,
  };
}

/** What an item took in each stretch of equally much done. */
function stretchPaces(points: readonly Point[]): Stretch[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const length = (last.done - first.done) / stretches;
  const paces: Stretch[] = [];
  let before = first;
  for (const point of points) {
    const isEnd = point.done >= before.done + length || point === last;
    if (!isEnd || point.done <= before.done) continue;
    paces.push({ done: (before.done + point.done) / 2, ms: between(before, point) });
    before = point;
  }
  return paces;
}

function share(value: number, { from, wholly }: { from: number; wholly: number }): number {
  // Nothing differs at all: neither is there a change, nor an error.
  if (Number.isNaN(value)) return 0;
  return Math.min(1, Math.max(0, (value - from) / (wholly - from)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

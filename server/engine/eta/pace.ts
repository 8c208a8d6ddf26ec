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

const stretches = 10;
const fewest = 4;
/** A change, or a trend, is believed from the first of so many standard errors on; wholly from the second. */
const clearChange = { from: 4, wholly: 8 };
/** Stretches on either side of it. */
const leastAround = 3;
const clearTrend = { from: 4, wholly: 8 };
/** Neither is believed of fewer points than the first of these. */
const enough = { from: 20, wholly: 60 };
/** And so many more pairs of stretches must rise than fall, or the other way round. */
const clearOrder = { from: 0.6, wholly: 0.85 };
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
  const byDone = stretchesOf(points, ({ done }) => done);
  if (byDone.length < fewest) return { ms: whole, unsure: unsureAtFirst };
  const { late, clear } = lastChange(stretchesOf(points, ({ at }) => at));
  const { at, rising, spread } = trend(byDone, (last.done + total) / 2);
  const believed = share(points.length, enough);
  const [changed, certainty] = [clear * believed, rising * believed];
  const now = whole + changed * (late - whole);
  const drawn = Math.min(now * furthest, Math.max(now / furthest, at));
  const ms = now + certainty * (drawn - now);
  const undecided = Math.abs(late - whole) * 0.5 * (1 - certainty) * (1 - changed);
  return { ms, unsure: Math.max(leastUnsure, spread * (1 - changed) + undecided / ms) };
}

function between(a: Point, b: Point): number {
  return (b.at - a.at) / (b.done - a.done);
}

/**
 * Where the speed changed the most clearly, by Welch's t over stretches of the same time.
 * @returns the pace behind that, and how clear the change is, 0 to 1
 */
function lastChange(spans: readonly Stretch[]): { late: number; clear: number } {
  let clearest = { late: spans.at(-1)?.ms ?? 0, times: 0 };
  for (let at = leastAround; at <= spans.length - leastAround; at++) {
    const [before, behind] = [spans.slice(0, at), spans.slice(at)];
    const [early, late] = [before.map(speed), behind.map(speed)];
    const error = Math.sqrt(variance(early) / early.length + variance(late) / late.length);
    const times = Math.abs(mean(late) - mean(early)) / error;
    if (times > clearest.times) clearest = { late: 1 / mean(late), times };
  }
  return { late: clearest.late, clear: share(clearest.times, clearChange) };
}

function speed({ ms }: Stretch): number {
  return 1 / ms;
}

interface Stretch {
  /** Its middle. */
  done: number;
  /** What an item took in it. */
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
    rising: share(Math.abs(slope) / error, clearTrend) * share(orderOf(paces), clearOrder),
    spread: (2 * Math.sqrt(rest / (paces.length - 1) / paces.length)) / meanPace,
  };
}

/** Kendall's tau without its sign: 1 where each takes longer than the one before, or each less long. */
function orderOf(paces: readonly Stretch[]): number {
  let order = 0;
  for (const [n, { ms }] of paces.entries()) {
    for (const later of paces.slice(n + 1)) order += Math.sign(later.ms - ms);
  }
  return (2 * Math.abs(order)) / (paces.length * (paces.length - 1));
}

/** What an item took in each of some stretches of equally much, as `of` measures it. */
function stretchesOf(points: readonly Point[], of: (point: Point) => number): Stretch[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const length = (of(last) - of(first)) / stretches;
  const found: Stretch[] = [];
  let before = first;
  for (const point of points) {
    const isEnd = of(point) >= of(before) + length || point === last;
    if (!isEnd || point.done <= before.done) continue;
    found.push({ done: (before.done + point.done) / 2, ms: between(before, point) });
    before = point;
  }
  return found;
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
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/** What an item will take from here on: the pace of late, and where it is clearly heading. Pure. */

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

/** Of the working time so far, this much is "of late", and at least so many ms of it. */
const recently = { share: 0.5, ms: 10_000 };
const stretches = 8;
/** A trend is believed from the first of these many standard errors on, wholly from the second. */
const clear = { from: 4, wholly: 8 };
/** The line is not drawn to more than this many times, or a part, of the pace of late. */
const furthest = 3;
const leastUnsure = 0.03;

/**
 * @param total where the work ends
 * @returns null where nothing was done yet
 */
export function paceAhead(points: readonly Point[], total: number): Pace | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.done <= first.done) return null;
  // A job may do nothing but wait.
  if (last.at <= first.at) return { ms: 0, unsure: leastUnsure };
  const whole = between(first, last);
  const window = Math.max(recently.ms, (last.at - first.at) * recently.share);
  const since = points.findLast((each) => each.at <= last.at - window && each.done < last.done);
  const late = between(since ?? first, last);
  const { at, certainty, spread } = trend(points, (last.done + total) / 2);
  const drawn = Math.min(late * furthest, Math.max(late / furthest, at));
  const ms = late + certainty * (drawn - late);
  const drift = Math.abs(late - whole) / late;
  const unsure = spread + drift / 2 + (Math.abs(drawn - late) / ms) * (1 - certainty) * 0.25;
  return { ms, unsure: Math.max(leastUnsure, unsure) };
}

function between(a: Point, b: Point): number {
  return (b.at - a.at) / (b.done - a.done);
}

/**
 * The straight line through the paces of stretches with equally much done, by least squares.
 * @returns the pace on it there, how clearly it rises or falls (0 to 1), and two standard errors of
 *   the mean pace as a share of it
 */
function trend(points: readonly Point[], there: number) {
  const paces = stretchPaces(points);
  const count = paces.length;
  const meanPace = mean(paces.map((each) => each.ms));
  const meanDone = mean(paces.map((each) => each.done));
  const sum = (of: (each: { done: number; ms: number }) => number) =>
    paces.reduce((all, each) => all + of(each), 0);
  const sxx = sum(({ done }) => (done - meanDone) ** 2);
  const slope = sum(({ done, ms }) => (done - meanDone) * (ms - meanPace)) / sxx;
  if (count < 4 || !Number.isFinite(slope)) return { at: meanPace, certainty: 0, spread: 0.5 };
  const rest = sum(({ done, ms }) => (ms - meanPace - slope * (done - meanDone)) ** 2);
  const error = Math.sqrt(rest / (count - 2) / sxx);
  const times = error > 0 ? Math.abs(slope) / error : 0;
  const certainty = Math.min(1, Math.max(0, (times - clear.from) / (clear.wholly - clear.from)));
  const spread = (2 * Math.sqrt(rest / (count - 1) / count)) / meanPace;
  return { at: meanPace + slope * (there - meanDone), certainty, spread };
}

/** What an item took in each stretch, placed at its middle. */
function stretchPaces(points: readonly Point[]): { done: number; ms: number }[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const length = (last.done - first.done) / stretches;
  const paces: { done: number; ms: number }[] = [];
  let before = first;
  for (const point of points) {
    const isEnd = point.done >= first.done + length * (paces.length + 1) || point === last;
    if (!isEnd || point.done <= before.done) continue;
    paces.push({ done: (before.done + point.done) / 2, ms: between(before, point) });
    before = point;
  }
  return paces;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

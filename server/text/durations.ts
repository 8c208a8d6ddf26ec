/** Durations in words: exact for what passed, rounded up for what is still to come. */

const minute = 60_000;
const hour = 60 * minute;

/** @returns whole seconds, two units at most: "8 s", "1 min 12 s", "2 h 5 min" */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(`${minutes} min`, seconds % 60, "s");
  return joined(`${Math.floor(minutes / 60)} h`, minutes % 60, "min");
}

/** The same for something that has ended, with tenths below ten seconds: "0.4 s", "1 min 12 s". */
export function formatElapsed(ms: number): string {
  if (ms >= 10_000) return formatDuration(ms);
  return `${(Math.max(100, ms) / 1_000).toFixed(1)} s`;
}

function joined(large: string, rest: number, unit: string): string {
  return rest === 0 ? large : `${large} ${rest} ${unit}`;
}

/**
 * Rounded up, because people take an estimate for a promise.
 * @param from,to the best and the worst case, ms; anything below ten seconds counts as ten
 * @returns "about 20 seconds", "20-50 seconds", "about 2 minutes", "1-3 minutes", "about 2 hours"
 */
export function approximateDuration(from: number, to: number): string {
  const [step, count, unit] = stepFor(to);
  const high = Math.max(1, Math.ceil(to / step));
  const low = Math.min(high, Math.max(1, Math.ceil(from / step)));
  // Seconds are rounded to tens, so a difference of one step is rounding and no range.
  const minDifference = count > 1 ? 2 : 1;
  if (high - low >= minDifference) return `${low * count}-${high * count} ${unit}s`;
  return `about ${high * count} ${unit}${high * count === 1 ? "" : "s"}`;
}

/** @returns the ms to round to, how many units these are, and the unit */
function stepFor(ms: number): [ms: number, count: number, unit: string] {
  if (ms > 90 * minute) return [hour, 1, "hour"];
  if (ms > 90_000) return [minute, 1, "minute"];
  return [10_000, 10, "second"];
}

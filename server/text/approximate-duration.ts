/** Times that are to come, as rough as they are known. Rounded up, for a promise is to hold. Pure. */

const minute = 60_000;
const hour = 60 * minute;

/**
 * "about 20 seconds", "20-50 seconds", "about 2 minutes", "1-3 minutes", "about 2 hours".
 * @param from,to ms, at best and at worst; below ten seconds both are ten
 */
export function rough(from: number, to: number): string {
  const [unit, count, name] = unitFor(to);
  const high = Math.max(1, Math.ceil(to / unit));
  const low = Math.min(high, Math.max(1, Math.ceil(from / unit)));
  // Seconds go by in tens: one step apart is no range.
  const apart = count > 1 ? 2 : 1;
  if (high - low >= apart) return `${low * count}-${high * count} ${name}s`;
  return `about ${high * count} ${name}${high * count === 1 ? "" : "s"}`;
}

/** @returns the ms that are rounded to, how many of the named unit that is, and its name */
function unitFor(ms: number): [ms: number, count: number, name: string] {
  if (ms > 90 * minute) return [hour, 1, "hour"];
  if (ms > 90_000) return [minute, 1, "minute"];
  return [10_000, 10, "second"];
}

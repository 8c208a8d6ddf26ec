/** When those who wait in line begin, where so many may run at once. Pure. */

/**
 * @param left of each that runs, ms; null where nothing is known
 * @param line what each that waits takes, in their order, ms; null where nothing is known
 * @param places how many may run at once
 * @returns for each that waits, ms until it begins; null where nobody can know
 */
export function startTimes(
  left: readonly (number | null)[],
  line: readonly (number | null)[],
  places: number,
): (number | null)[] {
  const free = Array.from({ length: Math.max(places, left.length) }, (_, at) =>
    at < left.length ? (left[at] ?? Number.POSITIVE_INFINITY) : 0,
  );
  return line.map((takes) => {
    const starts = Math.min(...free);
    free[free.indexOf(starts)] = starts + (takes ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(starts) ? starts : null;
  });
}

/** Computes start times by list scheduling: the next job takes the slot that is free first. Pure. */

/**
 * @param remaining of each running job, ms; null if unknown
 * @param queue duration of each queued job in its order, ms; null if unknown
 * @param slots how many jobs may run at once
 * @returns ms until each queued job starts; null if it depends on an unknown duration
 */
export function computeStartTimes(
  remaining: readonly (number | null)[],
  queue: readonly (number | null)[],
  slots: number,
): (number | null)[] {
  const freeAt = Array.from({ length: Math.max(slots, remaining.length) }, (_, slot) =>
    slot < remaining.length ? (remaining[slot] ?? Number.POSITIVE_INFINITY) : 0,
  );
  return queue.map((duration) => {
    const start = Math.min(...freeAt);
    freeAt[freeAt.indexOf(start)] = start + (duration ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(start) ? start : null;
  });
}

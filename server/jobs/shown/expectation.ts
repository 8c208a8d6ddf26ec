/** The words for when a running job will end. Pure. */

const almostMs = 10_000;
const stillMs = 40_000;

export interface Expected {
  now: number;
  /** When the job is expected to end, at best and at worst; null where nothing is known. */
  from: number | null;
  to: number | null;
  /** When it last got any further. */
  progressedAt: number | null;
}

/** "about 2 minutes left", "1-3 minutes left", "Almost done", "No progress for 40 s", or nothing. */
export function expectation({ now, from, to, progressedAt }: Expected): string {
  const still = progressedAt === null ? 0 : now - progressedAt;
  if (still >= stillMs) return `No progress for ${roughly(Math.floor(still / 10_000) * 10_000)}`;
  if (from === null || to === null) return "";
  const worst = to - now;
  // It should have ended by now, so what was expected is worth nothing.
  if (worst < -almostMs) return "";
  if (worst <= almostMs) return "Almost done";
  const best = Math.max(0, from - now);
  const unit = worst > 90 * 60_000 ? 3_600_000 : worst > 90_000 ? 60_000 : 10_000;
  const [low, high] = [Math.max(1, Math.ceil(best / unit)), Math.ceil(worst / unit)];
  if (unit === 10_000) return `about ${high * 10} seconds left`;
  const name = unit === 60_000 ? "minute" : "hour";
  if (low >= high) return `about ${high} ${name}${high === 1 ? "" : "s"} left`;
  return `${low}-${high} ${name}s left`;
}

function roughly(ms: number): string {
  return ms < 120_000 ? `${ms / 1_000} s` : `${Math.floor(ms / 60_000)} min`;
}

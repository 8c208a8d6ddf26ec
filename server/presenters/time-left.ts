import type { JobSummaryRow } from "../engine/job-summary.ts";
import { approximateDuration } from "../text/durations.ts";

const almostMs = 10_000;
/** A silence that is longer puts the end off: nobody knows what is behind it. */
const patienceMs = 15_000;
const stillMs = 40_000;

/** Between `eta_earliest` and `eta_latest` it was expected to end when it last told anything. */
export type Estimated = Pick<
  JobSummaryRow,
  "status" | "eta_earliest" | "eta_latest" | "last_progress_at" | "waiting_until"
>;

/** "about 2 minutes left", "1-3 minutes left", "Almost done", "No progress for 40 s", or nothing. */
export function timeLeftText(row: Estimated, now: number): string {
  const still = stillFor(row, now);
  if (still >= stillMs) return `No progress for ${roughly(Math.floor(still / 10_000) * 10_000)}`;
  const end = expectedEnd(row, now);
  if (!end) return "";
  const worst = end.to - now;
  if (worst <= almostMs) return "Almost done";
  return `${approximateDuration(Math.max(0, end.from - now), worst)} left`;
}

/** When it will end, as far as that can be said by now, ms; null where nothing can. */
export function expectedEnd(row: Estimated, now: number): { from: number; to: number } | null {
  const { eta_earliest, eta_latest } = row;
  const still = stillFor(row, now);
  if (eta_earliest === null || eta_latest === null || still >= stillMs) return null;
  const late = Math.max(0, still - patienceMs);
  // It should have ended by now, so what was expected is worth nothing.
  if (eta_latest + late < now - almostMs) return null;
  return { from: eta_earliest + late, to: eta_latest + late };
}

/** How long a running job has not got any further; a wait that it told is no standstill. */
function stillFor({ status, last_progress_at, waiting_until }: Estimated, now: number): number {
  if (status !== "running" || last_progress_at === null) return 0;
  return now - Math.max(last_progress_at, waiting_until ?? 0);
}

function roughly(ms: number): string {
  return ms < 120_000 ? `${ms / 1_000} s` : `${Math.floor(ms / 60_000)} min`;
}

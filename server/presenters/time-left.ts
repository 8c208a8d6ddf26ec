/** When a running job ends, as far as its last estimate still holds. */
import type { JobSummaryRow } from "../engine/job-summary.ts";
import { approximateDuration } from "../text/durations.ts";

const almostDoneMs = 10_000;
/** Silence beyond this pushes the estimated end back by as much. */
const toleratedSilenceMs = 15_000;
/** Silence beyond this makes any estimate worthless: the page says so instead. */
const stalledMs = 40_000;

/** `eta_earliest` and `eta_latest` date from the job's last progress. */
export type EstimatedRow = Pick<
  JobSummaryRow,
  "status" | "eta_earliest" | "eta_latest" | "last_progress_at" | "waiting_until"
>;

/**
 * @param now ms since 1970
 * @returns "about 2 minutes left", "1-3 minutes left", "Almost done", "No progress for 40 s", or empty
 */
export function timeLeftText(row: EstimatedRow, now: number): string {
  const silence = silenceMs(row, now);
  if (silence >= stalledMs) return `No progress for ${roundedSilence(silence)}`;
  const end = estimatedEnd(row, now);
  if (!end) return "";
  const worst = end.to - now;
  if (worst <= almostDoneMs) return "Almost done";
  return `${approximateDuration(Math.max(0, end.from - now), worst)} left`;
}

/** @returns the earliest and the latest end, ms since 1970; null where there is no usable estimate */
export function estimatedEnd(row: EstimatedRow, now: number): { from: number; to: number } | null {
  const { eta_earliest, eta_latest } = row;
  const silence = silenceMs(row, now);
  if (eta_earliest === null || eta_latest === null || silence >= stalledMs) return null;
  const delay = Math.max(0, silence - toleratedSilenceMs);
  if (eta_latest + delay < now - almostDoneMs) return null;
  return { from: eta_earliest + delay, to: eta_latest + delay };
}

/** Time since a running job last made progress. A wait that the job announced is no silence. */
function silenceMs({ status, last_progress_at, waiting_until }: EstimatedRow, now: number): number {
  if (status !== "running" || last_progress_at === null) return 0;
  return now - Math.max(last_progress_at, waiting_until ?? 0);
}

/** Whole tens of seconds, then whole minutes, so that the text does not change each second. */
function roundedSilence(ms: number): string {
  const seconds = Math.floor(ms / 10_000) * 10;
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

/** Presents the estimated end of a running job, unless the estimate is outdated. */
import type { JobSummaryRow } from "../engine/job-summary.ts";
import { approximateDuration } from "../text/durations.ts";

/** At an error of a fifth the job ends within ten seconds. */
const almostDoneMs = 8_000;
/** A passed estimate counts for this long. */
const toleratedDelayMs = 10_000;
/** A longer silence delays the estimated end by the excess. */
const toleratedSilenceMs = 15_000;
/** A longer silence invalidates the estimate: the page shows the silence instead. */
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

/**
 * A job that waits ends after the wait that it announced.
 * @returns the earliest and the latest end, ms since 1970; null without a valid estimate
 */
export function estimatedEnd(row: EstimatedRow, now: number): { from: number; to: number } | null {
  const { eta_earliest, eta_latest, waiting_until } = row;
  const silence = silenceMs(row, now);
  if (eta_earliest === null || eta_latest === null || silence >= stalledMs) return null;
  const delay = Math.max(0, silence - toleratedSilenceMs);
  if (eta_latest + delay < now - toleratedDelayMs) return null;
  const wait = waiting_until ?? 0;
  return { from: Math.max(wait, eta_earliest + delay), to: Math.max(wait, eta_latest + delay) };
}

/** Time since the last progress of a running job. An announced wait does not count. */
function silenceMs({ status, last_progress_at, waiting_until }: EstimatedRow, now: number): number {
  if (status !== "running" || last_progress_at === null) return 0;
  return now - Math.max(last_progress_at, waiting_until ?? 0);
}

/** Rounds to tens of seconds, then to minutes, so that the text does not change each second. */
function roundedSilence(ms: number): string {
  const seconds = Math.floor(ms / 10_000) * 10;
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

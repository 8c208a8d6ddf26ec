/** Why a job waits and for how long. */
import type { JobSummaryRow, QueuePosition } from "../engine/job-summary.ts";
import { formatCount } from "../text/counts.ts";
import { approximateDuration, formatDuration } from "../text/durations.ts";

const soonMs = 10_000;

/** @returns "Queued, next in line", "Queued, 3rd in line", "Queued, more than 100 in line" */
export function queuedText(line: QueuePosition | undefined): string {
  if (!line) return "Queued";
  if (line.place === null) return "Queued, more than 100 in line";
  return `Queued, ${line.place === 1 ? "next" : ordinal(line.place)} in line`;
}

/** @returns "Starts in about 2 minutes"; empty where no start can be estimated */
export function startText(line: QueuePosition | undefined, now: number): string {
  if (line?.startsAt == null) return "";
  const ms = line.startsAt - now;
  return ms <= soonMs ? "Starts in a moment" : `Starts in ${approximateDuration(ms, ms)}`;
}

/** @returns "Limit of 5 running jobs reached"; empty where the job waits for something else */
export function limitText(line: QueuePosition | undefined): string {
  if (line?.running == null) return "";
  return `Limit of ${formatCount(line.running, "running jobs")} reached`;
}

/** @returns "Waiting 22 s: the service allows 100 messages a minute"; empty where the job does not wait */
export function waitingText(row: JobSummaryRow, now: number): string {
  if (!row.waiting_for || row.waiting_until === null || row.waiting_until <= now) return "";
  return `Waiting ${formatDuration(row.waiting_until - now + 999)}: ${row.waiting_for}`;
}

/** @returns "2nd", "3rd", "11th", "22nd" */
function ordinal(place: number): string {
  const isTeen = place % 100 > 10 && place % 100 < 14;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${ending}`;
}

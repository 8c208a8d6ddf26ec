/** Why a job waits and for how long: in the queue, for its next retry, for a service. */
import type { JobSummaryRow, QueuePosition } from "../engine/job-summary.ts";
import { formatCount } from "../text/counts.ts";
import { approximateDuration, formatDuration } from "../text/durations.ts";

const soonMs = 10_000;

/** For jobs that are due or running while no worker is alive. */
export const noWorkerText = "No worker is running: jobs wait";

/** @returns "Queued, next in line", "Queued, 3rd in line", "Queued, more than 100 in line" */
export function queuedText(queued: QueuePosition | undefined): string {
  if (!queued) return "Queued";
  if (queued.position === null) return "Queued, more than 100 in line";
  return `Queued, ${queued.position === 1 ? "next" : ordinal(queued.position)} in line`;
}

/** @returns "Starts in about 2 minutes"; empty where no start can be estimated */
export function startText(queued: QueuePosition | undefined, now: number): string {
  if (queued?.startsAt == null) return "";
  const ms = queued.startsAt - now;
  return ms <= soonMs ? "Starts in a moment" : `Starts in ${approximateDuration(ms, ms)}`;
}

/** @returns "Limit of 5 running jobs reached"; empty where the job waits for something else */
export function limitText(queued: QueuePosition | undefined): string {
  if (queued?.runningAtLimit == null) return "";
  return `Limit of ${formatCount(queued.runningAtLimit, "running jobs")} reached`;
}

/** @returns "Waiting 22 s: the service allows 100 messages a minute"; empty where the job does not wait */
export function waitingText(row: JobSummaryRow, now: number): string {
  if (!row.waiting_for || row.waiting_until === null || row.waiting_until <= now) return "";
  return sleepText(row, now);
}

/**
 * @param row of a job that sleeps
 * @returns "Waiting 22 s: the service allows 100 messages a minute", "Waiting 3 h 20 min"
 */
export function sleepText({ waiting_until, waiting_for }: JobSummaryRow, now: number): string {
  const left = Math.max(0, (waiting_until ?? now) - now);
  return `Waiting ${formatDuration(left + 999)}${waiting_for ? `: ${waiting_for}` : ""}`;
}

/** @returns "Retry 2 of 3 in 4 s: the gateway was busy" */
export function retryText(row: JobSummaryRow, now: number): string {
  const wait = Math.ceil((row.run_at - now) / 1_000) * 1_000;
  const when = wait > 0 ? `in ${formatDuration(wait)}` : "is next";
  return `Retry ${row.retries} of ${row.max_retries} ${when}${causeText(row.error)}`;
}

/** Continues a sentence: ": the gateway was busy". Names and abbreviations keep their capitals. */
function causeText(error: string | null): string {
  if (!error) return "";
  const isWord = /^(?:The|An?|Its?|This|That|There|No|Too)\b/.test(error);
  return `: ${isWord ? error.charAt(0).toLowerCase() + error.slice(1) : error}`;
}

/** @returns "2nd", "3rd", "11th", "22nd" */
function ordinal(position: number): string {
  const isTeen = position % 100 > 10 && position % 100 < 14;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][position % 10] ?? "th");
  return `${position}${ending}`;
}

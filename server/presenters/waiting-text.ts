import type { JobSummaryRow, QueuePosition } from "../engine/job-summary.ts";
import { formatNumber } from "../text/counts.ts";
import { approximateDuration, formatDuration } from "../text/durations.ts";

const soonMs = 10_000;

/** "Queued, next in line", "Queued, 3rd in line", "Queued, more than 100 in line" */
export function queuedText(line: QueuePosition | undefined): string {
  if (!line) return "Queued";
  if (line.place === null) return "Queued, more than 100 in line";
  return `Queued, ${line.place === 1 ? "next" : ordinal(line.place)} in line`;
}

/** "Starts in about 2 minutes", or nothing where nobody can know. */
export function startText(line: QueuePosition | undefined, now: number): string {
  return line?.startsAt == null ? "" : `Starts ${inAbout(line.startsAt - now)}`;
}

/** "5 of your jobs are running": why it waits, where that is it. */
export function limitText(line: QueuePosition | undefined): string {
  if (line?.running == null) return "";
  return `${formatNumber(line.running)} of your jobs ${line.running === 1 ? "is" : "are"} running`;
}

function inAbout(ms: number): string {
  return ms <= soonMs ? "in a moment" : `in ${approximateDuration(ms, ms)}`;
}

/** "Waiting 22 s: the service allows 100 letters a minute", or nothing where it does not wait. */
export function waitingText(row: JobSummaryRow, now: number): string {
  if (!row.waiting_for || row.waiting_until === null || row.waiting_until <= now) return "";
  return `Waiting ${formatDuration(row.waiting_until - now + 999)}: ${row.waiting_for}`;
}

/** "2nd", "3rd", "11th", "22nd" */
function ordinal(place: number): string {
  const teen = place % 100 > 10 && place % 100 < 14;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${ending}`;
}

/** Presents an event of a job as a sentence. */
import type { JobEvent } from "../engine/job-event.ts";
import { formatCount, formatNumber } from "../text/counts.ts";
import { formatDateTime } from "../text/dates.ts";
import { formatDuration } from "../text/durations.ts";
import { cancelText, failureText } from "./outcome.ts";

/** @param unit plural name of the items, such as "rows" */
export function eventMessage({ type, details }: JobEvent, unit = "items"): string {
  switch (type) {
    case "created":
      return details?.planned_at
        ? `Created for ${formatDateTime(Date.parse(details.planned_at)).text} by its schedule`
        : "Created";
    case "started":
      return "Started";
    case "continued":
      return details.retry === undefined
        ? "Continued from the last checkpoint"
        : `Retry ${details.retry} of ${details.of} started`;
    case "progress":
      return details.message ?? progressText(details);
    case "step_started":
    case "step_finished":
      return details.name;
    case "pause_requested":
      return "Pause requested";
    case "paused":
      return "Paused";
    case "resumed":
      return "Resumed";
    case "restored":
      return `Paused: restored from the backup of ${formatDateTime(details.backup_at).text}`;
    case "brought_forward":
      return "Started ahead of schedule";
    case "rescheduled":
      return `Moved to ${formatDateTime(Date.parse(details.run_at)).text}`;
    case "cancel_requested":
      return "Cancel requested";
    case "retry_scheduled":
      return `Retry ${details.retry} of ${details.of} in ${waitText(details.wait_ms)}: ${details.error}`;
    case "interrupted":
      return "Interrupted. Resumes from the last checkpoint.";
    case "made_room":
      return "Made room for others; goes on by itself";
    case "sleeping":
      return `Waits ${waitText(details.wait_ms)}${details.reason ? `: ${details.reason}` : ""}`;
    case "rescued":
      return "Resuming after a lost worker";
    case "done":
      return details.outcome;
    case "failed":
      return failureText({
        reason: details.reason,
        error: details.error ?? null,
        timeout_ms: details.allowed_ms ?? 0,
        rescues: details.rescues ?? 0,
      });
    case "cancelled":
      return details.outcome ?? cancelText(details, placeText(details, unit));
    default:
      // While an update goes on, workers of a newer version write events too.
      return "Recorded by a newer version";
  }
}

function progressText({ done, progress_pct }: { done: number; progress_pct: number | null }) {
  return progress_pct === null ? `${formatNumber(done)} so far` : `${progress_pct} %`;
}

function placeText({ done, total }: { done: number; total: number | null }, unit: string): string {
  if (done === 0) return "";
  const amount =
    total === null
      ? formatCount(done, unit)
      : `${formatNumber(done)} of ${formatCount(total, unit)}`;
  return `after ${amount}`;
}

function waitText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : formatDuration(ms);
}

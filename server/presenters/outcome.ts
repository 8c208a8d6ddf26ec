/** Presents the outcome of a job, from its status, reason and numbers. */

import type { CancelReason, FailureReason } from "../engine/job-reason.ts";
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { formatDuration } from "../text/durations.ts";
import { stoppedAtText } from "./job-progress.ts";

/** "Imported 72 of 75 contacts", "Cancelled after 61 of 600 seconds. Finished work was kept."; or empty. */
export function outcomeText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  if (row.status === "done") return row.outcome ?? "";
  if (row.status !== "cancelled") return "";
  return row.outcome ?? cancelText(row, stoppedAtText(row, kind));
}

/** @returns why the job failed; empty for other jobs */
export function errorText(row: JobSummaryRow): string {
  return row.status === "failed" ? failureText(row) : "";
}

/** @returns what the person can do about a failure, or empty */
export function adviceText(row: JobSummaryRow): string {
  if (row.status !== "failed") return "";
  if (row.reason === "timeout") return "Try again with less input.";
  if (row.reason === "unknown_kind") return "Its file was removed from jobs/.";
  return row.advice ?? "";
}

/** @param facts `timeout_ms` and `rescues` of the job's row; `error` is the kind's own text */
export function failureText(facts: {
  reason: string | null;
  error: string | null;
  timeout_ms: number;
  rescues: number;
}): string {
  switch (facts.reason as FailureReason | null) {
    case "timeout":
      return `Timed out after ${formatDuration(facts.timeout_ms)}`;
    case "worker_lost":
      return `Stopped after ${facts.rescues} crashes at the same place`;
    case "unknown_kind":
      return "The kind of this job was removed";
    default:
      return facts.error ?? "";
  }
}

/** @param place "after 61 of 600 seconds", or empty without a count */
export function cancelText(
  { reason, succeeded }: { reason: string | null; succeeded: number },
  place: string,
): string {
  const where = place && ` ${place}`;
  const keptText = succeeded > 0 ? ["Finished work was kept"] : [];
  switch (reason as CancelReason | null) {
    case "before_start":
      return "Cancelled before it started";
    case "while_queued":
      return sentences("Cancelled before it continued", ...keptText);
    case "before_retry":
      return sentences("Cancelled while waiting for a retry", ...keptText);
    case "while_sleeping":
      return sentences("Cancelled while waiting", ...keptText);
    case "while_paused":
      return sentences("Cancelled while paused", ...keptText);
    case "unresponsive":
      return sentences(`Cancelled${where}`, "The job didn't stop by itself");
    case "worker_lost":
      return sentences(`Cancelled${where}`, "The worker was lost");
    default:
      return sentences(`Cancelled${where}`, keptText[0] ?? "Nothing was kept");
  }
}

/** A single sentence is a label and has no full stop. */
function sentences(first: string, ...more: string[]): string {
  return more.length === 0 ? first : [first, ...more].map((text) => `${text}.`).join(" ");
}

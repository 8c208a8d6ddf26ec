/** The state of a job in words, finer than its stored status. */
import type { JobReason } from "../engine/job-reason.ts";
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { formatDuration } from "../text/durations.ts";
import { queuedText, retryText, sleepText, waitingText } from "./waiting-text.ts";

/** Derived from the stored status and from what was requested of the job, or why it waits. */
export type DisplayStatus =
  | "scheduled"
  | "queued"
  | "retrying"
  | "resuming"
  /** Sleeps without a slot. */
  | "waiting"
  | "running"
  | "pausing"
  | "paused"
  | "cancelling"
  | "done"
  /** Some items were rejected. */
  | "partly-done"
  /** No item succeeded, and some were rejected or skipped. */
  | "nothing-done"
  | "failed"
  | "cancelled";

/** The job goes on by itself as soon as it gets a slot. */
const resumingReasons = new Set<JobReason>([
  "rescued",
  "interrupted",
  "made_room",
  "sleeping",
  "woken",
  "unknown_kind",
]);

/**
 * @param kind undefined if the kind was removed
 * @param now ms since 1970
 */
export function displayStatus(
  row: JobSummaryRow,
  kind: KindSummary | undefined,
  now: number,
): DisplayStatus {
  if (row.status === "done") return doneStatus(row, kind);
  if (row.status === "running") {
    if (row.cancel_requested_at) return "cancelling";
    return row.pause_requested_at ? "pausing" : "running";
  }
  if (row.status !== "queued") return row.status;
  if (row.reason === "retry") return "retrying";
  if (row.reason === "sleeping" && row.run_at > now) return "waiting";
  if (row.reason !== null && resumingReasons.has(row.reason)) return "resuming";
  return row.run_at > now ? "scheduled" : "queued";
}

/** @returns "Running", "Retry 2 of 3 in 4 s: the gateway was busy", "Queued, 3rd in line" */
export function statusLabel(
  row: JobSummaryRow,
  kind: KindSummary | undefined,
  status: DisplayStatus,
  now: number,
): string {
  switch (status) {
    case "scheduled":
      return "Scheduled";
    case "queued":
      return queuedText(row.queuePosition);
    case "retrying":
      return retryText(row, now);
    case "resuming":
      return resumingText(row, now);
    case "waiting":
      return sleepText(row, now);
    case "running":
      return waitingText(row, now) || "Running";
    case "pausing":
      return `Pausing${since(row.pause_requested_at, now)}`;
    case "paused":
      return row.reason === "restored" ? "Paused after a restore" : "Paused";
    case "cancelling":
      return `Cancelling${since(row.cancel_requested_at, now)}`;
    case "done":
      return "Done";
    case "partly-done":
      return "Done with rejects";
    case "nothing-done":
      return kind?.nothingDoneLabel ?? "Done with rejects";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Cancelled";
  }
}

function resumingText(row: JobSummaryRow, now: number): string {
  if (row.reason === "made_room") return "Made room for others; goes on by itself";
  if (row.reason === "rescued") return `Resuming after a lost worker${since(row.released_at, now)}`;
  if (row.reason === "unknown_kind") return "Waiting for a worker that knows this kind";
  // The time since a sleep began is no delay.
  return row.reason === "interrupted" ? `Resuming${since(row.released_at, now)}` : "Resuming";
}

function doneStatus(
  { succeeded, rejected, skipped }: JobSummaryRow,
  kind: KindSummary | undefined,
): DisplayStatus {
  const isNothing = succeeded === 0 && rejected + skipped > 0;
  if (isNothing && (kind?.nothingDoneLabel || skipped === 0)) return "nothing-done";
  return rejected > 0 ? "partly-done" : "done";
}

function since(at: number | null, now: number): string {
  return at === null || now - at < 1_000 ? "" : ` for ${formatDuration(now - at)}`;
}

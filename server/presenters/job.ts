/** A job's row as people see it. Pure: rows and the moment are handed in. */
import type { StepRow } from "../backend/schema.ts";
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { isFinal } from "../engine/status.ts";
import { defaultIcon } from "../job.ts";
import { formatNumber } from "../text/counts.ts";
import { formatDateTime } from "../text/dates.ts";
import { formatDuration, formatElapsed } from "../text/durations.ts";
import { jobButtons } from "./job-actions.ts";
import { amountText, percentOf, percentText, stepText, stoppedAtText } from "./job-progress.ts";
import { stepViews } from "./job-steps.ts";
import { timeLeftText } from "./time-left.ts";
import type { DisplayStatus, JobView } from "./view-types.ts";
import { limitText, queuedText, startText, waitingText } from "./waiting-text.ts";

export function jobView(
  row: JobSummaryRow,
  kind: KindSummary | undefined,
  steps: readonly StepRow[],
  now: number,
): JobView {
  const shown = displayStatus(row, now);
  const ended = isFinal(row.status);
  const starts = shown === "scheduled" ? row.run_at : null;
  const texts = {
    stepText: stepText(row, kind),
    amount: amountText(row, kind),
    message: (shown === "queued" && limitText(row.line)) || (row.message ?? ""),
  };
  return {
    id: row.id,
    kind: row.kind,
    icon: kind?.icon ?? defaultIcon,
    title: kind?.title ?? row.kind,
    subject: row.subject ?? "",
    href: `/jobs/${row.id}`,
    status: row.status,
    displayStatus: shown,
    label: label(row, shown, now),
    active: !ended,
    version: row.version,
    renderedAt: now,
    percent: percentOf(row),
    percentText: percentText(row, kind),
    ...texts,
    doing: Object.values(texts).filter(Boolean).join(" · "),
    estimate: estimate(row, shown, now),
    elapsed: elapsed(row, now),
    steps: stepViews(steps, row, now),
    counts: (["succeeded", "rejected", "skipped"] as const)
      .filter((name) => row[name] > 0)
      .map((name) => ({ name, label: countLabels[name], value: formatNumber(row[name]) })),
    outcome: ended ? (row.outcome ?? "") : "",
    error: row.status === "failed" ? (row.error ?? "") : "",
    advice: row.status === "failed" ? (row.advice ?? "") : "",
    stoppedAt: ended && row.status !== "done" ? stoppedAtText(row, kind) : "",
    resultHref: row.status === "done" ? row.result_page : null,
    buttons: jobButtons(row, kind, now),
    when: formatDateTime(row.finished_at ?? starts ?? row.started_at ?? row.created_at),
    starts: starts === null ? null : formatDateTime(starts),
    created: formatDateTime(row.created_at),
    started: row.started_at === null ? null : formatDateTime(row.started_at),
    finished: row.finished_at === null ? null : formatDateTime(row.finished_at),
  };
}

const countLabels = { succeeded: "done", rejected: "rejected", skipped: "skipped" };

/** The state behind the status: what was asked for, and why a job waits. */
export function displayStatus(row: JobSummaryRow, now: number): DisplayStatus {
  if (row.status === "running") {
    if (row.cancel_requested_at) return "cancelling";
    return row.pause_requested_at ? "pausing" : "running";
  }
  if (row.status !== "queued") return row.status;
  if (row.reason === "retry") return "retrying";
  if (row.reason === "rescued" || row.reason === "interrupted") return "resuming";
  return row.run_at > now ? "scheduled" : "queued";
}

function label(row: JobSummaryRow, shown: DisplayStatus, now: number): string {
  const wait = Math.ceil((row.run_at - now) / 1_000) * 1_000;
  switch (shown) {
    case "scheduled":
      return "Scheduled";
    case "queued":
      return queuedText(row.line);
    case "retrying":
      return `Retry ${row.retries} of ${row.max_retries} ${wait > 0 ? `in ${formatDuration(wait)}` : "is next"}${because(row.error)}`;
    case "resuming":
      return `Resuming${row.reason === "rescued" ? " after a lost worker" : ""}${since(row.released_at, now)}`;
    case "running":
      return waitingText(row, now) || "Running";
    case "pausing":
      return `Pausing${since(row.pause_requested_at, now)}`;
    case "paused":
      return "Paused";
    case "cancelling":
      return `Cancelling${since(row.cancel_requested_at, now)}`;
    case "done":
      return row.rejected > 0 ? `Done, ${formatNumber(row.rejected)} rejected` : "Done";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Cancelled";
  }
}

/** Goes on in the sentence: ": the gateway was busy". Names and short forms keep their capitals. */
function because(error: string | null): string {
  if (!error) return "";
  const words = /^(?:The|An?|Its?|This|That|There|No|Too)\b/.test(error);
  return `: ${words ? error.charAt(0).toLowerCase() + error.slice(1) : error}`;
}

function since(at: number | null, now: number): string {
  return at === null || now - at < 1_000 ? "" : ` for ${formatDuration(now - at)}`;
}

/** When it begins, or when it ends; while a retry waits, both are known. */
function estimate(row: JobSummaryRow, shown: DisplayStatus, now: number): string {
  if (shown === "queued") return startText(row.line, now);
  if (row.status !== "running" && shown !== "retrying") return "";
  return timeLeftText(row, now);
}

/** Running time, as deadlines count it: what waits or is paused stands still. */
function elapsed(row: JobSummaryRow, now: number): string {
  if (row.started_at === null) return "";
  if (isFinal(row.status)) return formatElapsed(row.running_ms);
  return formatDuration(row.running_ms + (row.status === "running" ? now - row.claimed_at! : 0));
}

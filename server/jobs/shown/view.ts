/** A job's row as people see it. Pure: rows and the moment are handed in. */
import type { StepRow } from "../../backend/schema.ts";
import type { Kind } from "../../job.ts";
import { isFinal } from "../status.ts";
import { expectation } from "./expectation.ts";
import { amountOf, moment, number, size, span, took } from "./format.ts";
import type { ShownRow } from "./shown-row.ts";
import type { JobView, Shown, StepView } from "./view-types.ts";

/** The parts of a kind that are shown; a job outlives the file of its kind. */
export type ShownKind = Pick<Kind, "title" | "steps" | "unit" | "stepUnits">;

export function jobView(
  row: ShownRow,
  kind: ShownKind | undefined,
  steps: readonly StepRow[],
  now: number,
): JobView {
  const shown = shownState(row, now);
  const unit = unitOf(row, kind);
  const running = row.status === "running";
  const percent = percentOf(row);
  return {
    id: row.id,
    kind: row.kind,
    title: kind?.title ?? row.kind,
    subject: row.subject ?? "",
    href: `/jobs/${row.id}`,
    status: row.status,
    shown,
    label: label(row, shown, now),
    active: !isFinal(row.status),
    version: row.version,
    renderedAt: now,
    percent,
    percentText: percentText(row, percent, unit),
    amount: amount(row, unit),
    message: row.message ?? "",
    estimate: running
      ? expectation({ now, from: row.eta_from, to: row.eta_to, progressedAt: row.progressed_at })
      : "",
    elapsed: elapsed(row, now),
    stepText: stepText(row, kind),
    steps: steps.length > 1 ? steps.map((step) => stepView(step, row, now)) : [],
    counts: (["succeeded", "failed", "skipped"] as const)
      .filter((name) => row[name] > 0)
      .map((name) => ({ name, label: countLabels[name], value: number(row[name]) })),
    outcome: isFinal(row.status) ? (row.outcome ?? "") : "",
    error: row.status === "failed" || shown === "retrying" ? (row.error ?? "") : "",
    advice: row.advice ?? "",
    starts: shown === "scheduled" ? moment(row.run_at) : null,
    created: moment(row.created_at),
    started: row.started_at === null ? null : moment(row.started_at),
    finished: row.finished_at === null ? null : moment(row.finished_at),
  };
}

const countLabels = { succeeded: "done", failed: "rejected", skipped: "skipped" };

/** The state behind the status: what was asked for, and why a job waits. */
export function shownState(row: ShownRow, now: number): Shown {
  if (row.status === "running") {
    if (row.cancel_requested_at) return "cancelling";
    return row.pause_requested_at ? "pausing" : "running";
  }
  if (row.status !== "pending") return row.status;
  if (row.reason === "retry") return "retrying";
  if (row.reason === "rescued" || row.reason === "interrupted") return "resuming";
  return row.run_at > now ? "scheduled" : "pending";
}

function label(row: ShownRow, shown: Shown, now: number): string {
  const wait = Math.ceil((row.run_at - now) / 1_000) * 1_000;
  switch (shown) {
    case "scheduled":
      return "Scheduled";
    case "pending":
      return waiting(row.busy);
    case "retrying":
      return `Retry ${row.retries} of ${row.max_retries} ${wait > 0 ? `in ${span(wait)}` : "is next"}`;
    case "resuming":
      return row.reason === "rescued" ? "Resuming after a lost worker" : "Resuming";
    case "running":
      return "Running";
    case "pausing":
      return `Pausing for ${span(now - row.pause_requested_at!)}`;
    case "paused":
      return "Paused";
    case "cancelling":
      return `Cancelling for ${span(now - row.cancel_requested_at!)}`;
    case "succeeded":
      return row.failed > 0 ? `Done, ${number(row.failed)} rejected` : "Done";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Cancelled";
  }
}

function waiting(busy: number | undefined): string {
  if (busy === undefined) return "Waiting";
  return `Waiting: ${busy} of your jobs ${busy === 1 ? "is" : "are"} running`;
}

/** Rounded down, so that 100 % means done; kept below it until the job is. */
function percentOf(row: ShownRow): number | null {
  if (row.status === "succeeded") return 100;
  if (row.progress === null) return null;
  return Math.min(99, Math.floor(row.progress * 100));
}

function percentText(row: ShownRow, percent: number | null, unit: string): string {
  if (row.status === "pending" && row.started_at === null) return "";
  if (percent !== null) return `${percent} %`;
  if (row.step_done === 0) return "Working";
  return `${unit === "bytes" ? size(row.step_done) : amountOf(row.step_done, unit)} so far`;
}

/** What the step counts, where that is not what the job counts. */
function unitOf(row: ShownRow, kind: ShownKind | undefined): string {
  const step = row.step === null ? undefined : Object.keys(kind?.steps ?? {})[row.step];
  return (step && kind?.stepUnits?.[step]) || kind?.unit || "items";
}

function amount(row: ShownRow, unit: string): string {
  if (row.step_total === null || row.status === "succeeded") return "";
  if (unit === "bytes") return `${size(row.step_done)} of ${size(row.step_total)}`;
  return `${number(row.step_done)} of ${amountOf(row.step_total, unit)}`;
}

/** Running time, as deadlines count it: what waits or is paused stands still. */
function elapsed(row: ShownRow, now: number): string {
  if (row.started_at === null) return "";
  if (isFinal(row.status)) return took(row.ran_ms);
  return span(row.ran_ms + (row.status === "running" ? now - row.claimed_at! : 0));
}

function stepText(row: ShownRow, kind: ShownKind | undefined): string {
  const names = Object.keys(kind?.steps ?? {});
  if (row.step === null || names.length < 2) return "";
  return `Step ${row.step + 1} of ${names.length}: ${names[row.step]}`;
}

function stepView(step: StepRow, row: ShownRow, now: number): StepView {
  const since = step.started_at ?? now;
  if (step.status === "done") {
    return { name: step.name, state: "done", text: took((step.finished_at ?? now) - since) };
  }
  const { name } = step;
  if (step.status === "waiting") {
    return { name, state: "waiting", text: isFinal(row.status) ? "not reached" : "" };
  }
  switch (row.status) {
    case "running":
      return { name, state: "running", text: span(now - since) };
    case "pending":
      return { name, state: "waiting", text: "" };
    case "paused":
      return { name, state: "stopped", text: "paused" };
    default:
      return { name, state: "stopped", text: "" };
  }
}

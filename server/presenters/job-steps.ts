/** The steps of a job. */
import type { StepRow } from "../backend/schema.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import { isFinal } from "../engine/status.ts";
import { formatDuration, formatElapsed } from "../text/durations.ts";

export interface StepView {
  name: string;
  state: "waiting" | "running" | "done" | "stopped";
  /** "12 s", "not reached", "paused", or empty */
  text: string;
}

/** @returns none for a job of one step, because its progress bar shows the same */
export function stepViews(steps: readonly StepRow[], row: JobSummaryRow, now: number): StepView[] {
  return steps.length > 1 ? steps.map((step) => stepView(step, row, now)) : [];
}

function stepView(step: StepRow, row: JobSummaryRow, now: number): StepView {
  const { name } = step;
  const started = step.started_at ?? now;
  if (step.status === "done") {
    const text = formatElapsed((step.finished_at ?? now) - started);
    return { name, state: "done", text };
  }
  if (step.status === "waiting") {
    return { name, state: "waiting", text: isFinal(row.status) ? "not reached" : "" };
  }
  switch (row.status) {
    case "running":
      return { name, state: "running", text: formatDuration(now - started) };
    case "queued":
      return { name, state: "waiting", text: "" };
    case "paused":
      return { name, state: "stopped", text: "paused" };
    default:
      return { name, state: "stopped", text: "" };
  }
}

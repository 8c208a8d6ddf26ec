/** The steps of a job as people see them. Pure. */
import type { StepRow } from "../backend/schema.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import { isFinal } from "../engine/status.ts";
import { formatDuration, formatElapsed } from "../text/durations.ts";
import type { StepView } from "./view-types.ts";

/** Each with its state and its time; none for a job of one step, whose bar says it all. */
export function stepViews(steps: readonly StepRow[], row: JobSummaryRow, now: number): StepView[] {
  return steps.length > 1 ? steps.map((step) => stepView(step, row, now)) : [];
}

function stepView(step: StepRow, row: JobSummaryRow, now: number): StepView {
  const since = step.started_at ?? now;
  if (step.status === "done") {
    return {
      name: step.name,
      state: "done",
      text: formatElapsed((step.finished_at ?? now) - since),
    };
  }
  const { name } = step;
  if (step.status === "waiting") {
    return { name, state: "waiting", text: isFinal(row.status) ? "not reached" : "" };
  }
  switch (row.status) {
    case "running":
      return { name, state: "running", text: formatDuration(now - since) };
    case "queued":
      return { name, state: "waiting", text: "" };
    case "paused":
      return { name, state: "stopped", text: "paused" };
    default:
      return { name, state: "stopped", text: "" };
  }
}

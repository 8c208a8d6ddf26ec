/** Renders jobs, log lines and counts as out-of-band fragments of HTML, once for all watchers. */
import type { LogRow, StepRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import { maxCounted, type StatusCounts } from "../engine/list/counts.ts";
import { isFinal } from "../engine/status.ts";
import type { CountsView } from "../presenters/dashboard.ts";
import { countsView } from "../presenters/dashboard.ts";
import type { JobView } from "../presenters/job.ts";
import { jobView } from "../presenters/job.ts";
import { logLines } from "../presenters/log.ts";
import { type OutputPart, outputTextView, outputView } from "../presenters/output.ts";
import { resultView } from "../presenters/result.ts";
import type { Renderer } from "../render.ts";

export interface Frames {
  view(row: JobSummaryRow, steps: readonly StepRow[], now: number): JobView;
  /** @returns the views of many jobs for their rows in a list */
  rowViews(rows: readonly JobSummaryRow[], now: number): Promise<JobView[]>;
  progress(view: JobView): string;
  panel(view: JobView): string;
  row(view: JobView): string;
  logLines(id: string, lines: readonly LogRow[]): string;
  /** The card with the text that the job has written. */
  output(row: JobSummaryRow, part: OutputPart, now: number): string;
  /** Text that is appended to the card. */
  outputText(id: string, part: OutputPart): string;
  counts(scope: CountsView["scope"], counts: StatusCounts, now: number): string;
  /** @returns an empty string until the job has ended */
  result(row: JobSummaryRow, now: number): Promise<string>;
}

export function createFrames(options: {
  catalog: Catalog;
  render: Pick<Renderer, "partial">;
  reader: JobReader;
}): Frames {
  const { catalog, render, reader } = options;
  return {
    view: (row, steps, now) => jobView(row, catalog.get(row.kind), steps, now),
    async rowViews(rows, now) {
      const ids = rows.filter(rowShowsSteps).map(({ id }) => id);
      const steps = await reader.stepsByJob(ids);
      return rows.map((row) => jobView(row, catalog.get(row.kind), steps.get(row.id) ?? [], now));
    },
    progress: (view) => render.partial("jobs/_progress", { ...view, oob: true }),
    panel: (view) => render.partial("jobs/_panel", { ...view, oob: true }),
    row: (view) =>
      render.partial("jobs/_row", {
        ...view,
        steps: rowShowsSteps(view) ? view.steps : [],
        oob: true,
      }),
    logLines: (id, lines) =>
      render.partial("jobs/_log_lines", { ...logLines(id, lines), oob: true }),
    output: (row, part, now) =>
      render.partial("jobs/_output", {
        ...outputView(row, catalog.get(row.kind), part, now),
        oob: true,
      }),
    outputText: (id, part) =>
      render.partial("jobs/_output_text", { ...outputTextView(id, part), oob: true }),
    counts: (scope, counts, now) =>
      render.partial("jobs/_status_counts", {
        ...countsView(scope, counts, maxCounted, now),
        oob: true,
      }),
    async result(row, now) {
      if (!isFinal(row.status)) return "";
      const results = await reader.results(row.id);
      const view = resultView(row, catalog.get(row.kind), results, now);
      return render.partial("jobs/_result", { ...view, oob: true });
    },
  };
}

/** A row in a list shows steps while the job is active, and after a failure. */
function rowShowsSteps({ status }: Pick<JobSummaryRow, "status">): boolean {
  return status === "failed" || !isFinal(status);
}

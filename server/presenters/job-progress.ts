import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { formatBytes, formatBytesOf } from "../text/bytes.ts";
import { formatCount, formatNumber } from "../text/counts.ts";

/** Rounded down, so that 100 % means done; kept below it until the job is. Null: nobody knows. */
export function percentOf(row: JobSummaryRow): number | null {
  if (row.status === "done") return 100;
  return row.progress === null ? null : percent(row.progress);
}

/** "42 %", "38,112 rows so far", "Working"; empty before the start. */
export function percentText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  if (row.status === "queued" && row.started_at === null) return "";
  const known = percentOf(row);
  if (known !== null) return `${known} %`;
  return row.step_done === 0 ? "Working" : `${counted(row, kind)} so far`;
}

/** "42,318 of 100,000 rows", "3.2 of 18 MB"; empty where the total is not known, or reached. */
export function amountText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  if (row.step_total === null || row.status === "done") return "";
  const unit = unitOf(row, kind);
  if (unit === "bytes") return formatBytesOf(row.step_done, row.step_total);
  return `${formatNumber(row.step_done)} of ${formatCount(row.step_total, unit)}`;
}

/** "Step 3 of 5: Writing rows (40 %)"; empty where there is one step. */
export function stepText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const place = stepOf(row, kind);
  if (!place) return "";
  const share = row.step_total ? ` (${percent(row.step_done / row.step_total)} %)` : "";
  return `Step ${place}${row.status === "done" ? "" : share}`;
}

/** Where it stopped: "in step 2 of 3: Writing the file, after 1,204 of 5,000 rows", or empty. */
export function stoppedAtText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const place = stepOf(row, kind);
  const done = row.step_done > 0 ? amountText(row, kind) || counted(row, kind) : "";
  return [place && `in step ${place}`, done && `after ${done}`].filter(Boolean).join(", ");
}

function stepOf(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const names = Object.keys(kind?.steps ?? {});
  if (row.current_step === null || names.length < 2) return "";
  return `${row.current_step + 1} of ${names.length}: ${names[row.current_step]}`;
}

function counted(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const unit = unitOf(row, kind);
  return unit === "bytes" ? formatBytes(row.step_done) : formatCount(row.step_done, unit);
}

/** What the step counts, where that is not what the job counts. */
function unitOf(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const step =
    row.current_step === null ? undefined : Object.keys(kind?.steps ?? {})[row.current_step];
  return (step && kind?.stepUnits?.[step]) || kind?.unit || "items";
}

function percent(fraction: number): number {
  return Math.min(99, Math.floor(fraction * 100));
}

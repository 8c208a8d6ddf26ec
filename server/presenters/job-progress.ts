/** Presents the progress of a job as numbers and sentences. */
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { formatBytes, formatBytesOf } from "../text/bytes.ts";
import { formatCount, formatNumber } from "../text/counts.ts";

/**
 * Rounds down and returns at most 99 until the job is done, so that 100 % means done.
 * @returns null if the total is unknown
 */
export function percentOf(row: JobSummaryRow): number | null {
  if (row.status === "done") return 100;
  return row.progress === null ? null : percent(row.progress);
}

/** @returns "42 %", "38,112 rows so far", "Working"; empty before the start */
export function percentText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  if (row.status === "queued" && row.started_at === null) return "";
  const known = percentOf(row);
  if (known !== null) return `${known} %`;
  return row.step_done === 0 ? "Working" : `${countText(row, kind)} so far`;
}

/** @returns "42,318 of 100,000 rows", "3.2 of 18 MB"; empty if the total is unknown or reached */
export function amountText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  if (row.step_total === null || row.status === "done") return "";
  const unit = stepUnit(row, kind);
  if (unit === "bytes") return formatBytesOf(row.step_done, row.step_total);
  return `${formatNumber(row.step_done)} of ${formatCount(row.step_total, unit)}`;
}

/** @returns "Step 3 of 5: Writing rows (40 %)"; empty for a kind of one step */
export function stepText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const step = currentStep(row, kind);
  if (!step) return "";
  const share = row.step_total ? ` (${percent(row.step_done / row.step_total)} %)` : "";
  return `Step ${step}${row.status === "done" ? "" : share}`;
}

/** @returns "in step 2 of 3: Writing the file, after 1,204 of 5,000 rows", or empty */
export function stoppedAtText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const step = currentStep(row, kind);
  const done = row.step_done > 0 ? amountText(row, kind) || countText(row, kind) : "";
  return [step && `in step ${step}`, done && `after ${done}`].filter(Boolean).join(", ");
}

function currentStep(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const names = Object.keys(kind?.steps ?? {});
  if (row.current_step === null || names.length < 2) return "";
  return `${row.current_step + 1} of ${names.length}: ${names[row.current_step]}`;
}

function countText(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const unit = stepUnit(row, kind);
  return unit === "bytes" ? formatBytes(row.step_done) : formatCount(row.step_done, unit);
}

/** A step may have another unit than its job, such as bytes in a job that counts rows. */
function stepUnit(row: JobSummaryRow, kind: KindSummary | undefined): string {
  const names = Object.keys(kind?.steps ?? {});
  const step = row.current_step === null ? undefined : names[row.current_step];
  return (step && kind?.stepUnits?.[step]) || kind?.unit || "items";
}

function percent(fraction: number): number {
  return Math.min(99, Math.floor(fraction * 100));
}

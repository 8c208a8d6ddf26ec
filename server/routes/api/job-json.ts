/** Presents a job's row as JSON. Pure: reads nothing itself. */
import type { DownloadableFile, JobRow, StepRow } from "../../backend/schema.ts";
import type { JobSummaryRow } from "../../engine/job-summary.ts";
import { offeredFollowUps } from "../../engine/offered-follow-ups.ts";
import { maskSecrets } from "../../engine/start/mask-secrets.ts";
import { isCancellable, isFinal } from "../../engine/status.ts";
import type { Kind } from "../../job.ts";
import { jobView } from "../../presenters/job.ts";
import { estimatedEnd } from "../../presenters/time-left.ts";
import type { JobJson } from "./job-schema.ts";

/** Columns that the API needs in addition to those of pages. */
export const apiColumns = [
  "input",
  "retry_of",
  "schedule_id",
  "planned_at",
  "input_bytes",
] as const satisfies readonly (keyof JobRow)[];

export type ApiJobRow = JobSummaryRow & Pick<JobRow, (typeof apiColumns)[number]>;

export interface JobContext {
  kind: Kind | undefined;
  steps: readonly StepRow[];
  /** Files that have not expired. */
  files: readonly DownloadableFile[];
  typicalSeconds: number | null;
  /** The data that the kind returned. */
  data: unknown;
  /** Prefix of paths, such as "https://headway.example", or empty. */
  publicUrl: string;
  /** Ms since 1970. */
  now: number;
}

export function jobJson(row: ApiJobRow, context: JobContext): JobJson {
  const { kind, steps, now } = context;
  // Taken from the pages' presenter, so that pages and API always agree.
  const { percent, outcome, error, advice } = jobView(row, kind, steps, now);
  const active = !isFinal(row.status);
  const end = estimatedEnd(row, now);
  const isWaiting = row.waiting_until !== null && row.waiting_until > now;
  const hasResult = context.files.length > 0 || row.result_page !== null;
  return {
    id: row.id,
    type: row.kind,
    subject: row.subject,
    status: row.status,
    reason: row.reason,
    progress_pct: percent,
    progress_message: row.message,
    current_step: row.current_step === null ? null : row.current_step + 1,
    total_steps: steps.length,
    steps: steps.map((step) => stepJson(step, active)),
    ...progressCounts(row),
    succeeded: row.succeeded,
    rejected: row.rejected,
    skipped: row.skipped,
    unit: kind?.unit ?? "items",
    created_at: iso(row.created_at),
    run_at: iso(row.run_at),
    started_at: isoOrNull(row.started_at),
    completed_at: isoOrNull(row.finished_at),
    queue_position: row.queuePosition?.position ?? null,
    waiting_until: isWaiting ? iso(row.waiting_until!) : null,
    waiting_for: isWaiting ? row.waiting_for : null,
    eta: end && { from: iso(end.from), to: iso(end.to) },
    estimated_duration_seconds: context.typicalSeconds,
    outcome: outcome || null,
    files: context.files.map(({ id, name, role, media_type, size }) => ({
      name,
      role,
      media_type,
      size,
      url: `${context.publicUrl}/jobs/${row.id}/result?file=${id}`,
    })),
    result_url: hasResult ? `${context.publicUrl}/jobs/${row.id}/result` : null,
    data: context.data ?? null,
    output_url: row.output_length > 0 ? `${context.publicUrl}/jobs/${row.id}/output` : null,
    error_message: error || null,
    advice: advice || null,
    retries: row.retries,
    max_retries: row.max_retries,
    schedule_id: row.schedule_id,
    planned_at: isoOrNull(row.planned_at),
    retry_of: row.retry_of,
    follow_ups: offeredFollowUps(row, kind).map(([name]) => name),
    cancellable: isCancellable(row, kind),
    cancel_requested_at: isoOrNull(row.cancel_requested_at),
    pause_requested_at: isoOrNull(row.pause_requested_at),
    metadata: maskSecrets(JSON.parse(row.input), kind),
    version: row.version,
  };
}

/**
 * The counts are those of the whole job, but the total is that of the current step, so it is left
 * out if it is less than the count.
 */
function progressCounts(row: ApiJobRow): { done: number; total: number | null } {
  const counted = row.succeeded + row.rejected + row.skipped;
  const done = counted || row.step_done;
  if (row.step_total !== null && row.step_total >= done) return { done, total: row.step_total };
  return { done, total: row.status === "done" && counted > 0 ? counted : null };
}

function stepJson(step: StepRow, active: boolean): JobJson["steps"][number] {
  return {
    name: step.name,
    status: step.status === "running" && !active ? "stopped" : step.status,
    started_at: isoOrNull(step.started_at),
    completed_at: isoOrNull(step.finished_at),
  };
}

/** @param at ms since 1970. @returns ISO 8601 in UTC */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}

/** What a job leaves, as people see it. Pure, and blind to the viewer like all of a frame. */

import type { FileRow, JobRejectionRow } from "../backend/schema.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import type { Preview } from "../storage/file-preview.ts";
import { formatBytes } from "../text/bytes.ts";
import { formatCount, formatNumber } from "../text/counts.ts";
import { formatDateTime } from "../text/dates.ts";
import type { FileView, PreviewView, ResultView } from "./view-types.ts";

/** What was read of a job's results. */
export interface JobResults {
  /** Also what is no longer kept. */
  files: readonly FileRow[];
  rejections: readonly JobRejectionRow[];
  /** By the file's id; none for files that show nothing, or are no longer kept. */
  previews: ReadonlyMap<string, Preview>;
}

export const noResults: JobResults = { files: [], rejections: [], previews: new Map() };

/** @param now ms since 1970 */
export function resultView(
  row: JobSummaryRow,
  unit: string,
  left: JobResults,
  now: number,
): ResultView {
  const files = left.files.map((file) => fileView(row, file, left.previews.get(file.id), now));
  return {
    page: row.result_page ? { href: row.result_page, text: "View the result" } : null,
    files,
    zipHref: files.filter(({ href }) => href).length > 1 ? `/jobs/${row.id}/results.zip` : null,
    errors: left.rejections.map(({ reason, count, first_rows }) => ({
      reason,
      count: formatCount(count, unit),
      rows: rowsText(JSON.parse(first_rows), count),
    })),
  };
}

function fileView(
  { id: jobId }: JobSummaryRow,
  file: FileRow,
  preview: Preview | undefined,
  now: number,
): FileView {
  const { id, name, role, expires_at, deleted_at } = file;
  const isGone = deleted_at !== null || (expires_at !== null && expires_at <= now);
  return {
    id,
    // A signed link is made for the person who asks, so the frame holds the way to it.
    href: isGone ? null : `/jobs/${jobId}/result?file=${id}`,
    name,
    size: formatBytes(file.size),
    role,
    keptUntil: isGone || expires_at === null ? null : formatDateTime(expires_at),
    preview: preview ? previewView(preview) : null,
  };
}

function previewView(preview: Preview): PreviewView {
  if (preview.kind !== "table") return preview;
  const { kind, header, rows, hiddenColumns } = preview;
  const note = hiddenColumns > 0 ? formatCount(hiddenColumns, "more columns") : "";
  return { kind, header, rows, note };
}

function rowsText(shown: number[], count: number): string {
  const list = shown.map(formatNumber);
  const more = count - shown.length;
  if (more > 0) return `rows ${list.join(", ")} and ${formatNumber(more)} more`;
  if (list.length === 1) return `row ${list[0]}`;
  return `rows ${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}

/** Presents the result of a job: its page, files and rejected rows. All viewers share one view. */
import type { DownloadRole } from "../backend/enums.ts";
import type { DownloadableFile, JobRejectionRow } from "../backend/schema.ts";
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import type { Preview } from "../storage/result-preview.ts";
import { formatBytes } from "../text/bytes.ts";
import { formatCount, formatNumber } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";

export interface ResultView {
  id: string;
  kind: string;
  page: LinkView | null;
  files: FileView[];
  /** One archive of all files; null if there is only one. */
  zipHref: string | null;
  /** "Missing email" · "112 rows" · "rows 14, 83, 1,204 and 109 more" */
  rejections: { reason: string; count: string; rows: string }[];
  /** Whether an open page of the job opens the result when the job finishes. */
  opens: boolean;
  version: number;
  /** ms since 1970 */
  renderedAt: number;
}

export interface LinkView {
  href: string;
  text: string;
}

export interface FileView {
  id: string;
  /** Redirects to a link that is signed for the viewer; null once the file has expired. */
  href: string | null;
  name: string;
  /** "8.1 MB" */
  size: string;
  role: DownloadRole;
  /** Whether the file is what the job was started for: its link is a button. */
  isMain: boolean;
  /** "10,986 contacts", "6 rows" of rejected ones; empty if unknown */
  rows: string;
  /** For a file that is deleted before its job. */
  expires: TimeView | null;
  preview: PreviewView | null;
}

export type PreviewView =
  | {
      kind: "table";
      header: string[];
      rows: string[][];
      /** "First 5 of 10,986 contacts, 4 more columns", or empty */
      note: string;
    }
  | {
      kind: "text";
      lines: string[];
      /** "First 12 lines", or empty */
      note: string;
    }
  /** The page loads the image from the URL of the file. */
  | { kind: "image" };

/** The stored results of a job, as `JobReader.results` reads them. */
export interface JobResults {
  /** Includes expired files. */
  files: readonly DownloadableFile[];
  rejections: readonly JobRejectionRow[];
  /** By file id; missing for expired files and for types without a preview. */
  previews: ReadonlyMap<string, Preview>;
}

export const noResults: JobResults = { files: [], rejections: [], previews: new Map() };

/**
 * @param kind undefined if the kind was removed
 * @param now ms since 1970
 */
export function resultView(
  row: JobSummaryRow,
  kind: KindSummary | undefined,
  stored: JobResults,
  now: number,
): ResultView {
  const files = stored.files.map((file) =>
    fileView(row, file, stored.previews.get(file.id), { unit: kind?.unit, now }),
  );
  return {
    id: row.id,
    kind: row.kind,
    page: resultLink(row, kind),
    files,
    zipHref: files.filter(({ href }) => href).length > 1 ? `/jobs/${row.id}/results.zip` : null,
    rejections: stored.rejections.map(({ reason, count, first_rows }) => ({
      reason,
      count: formatCount(count, kind?.unit ?? "items"),
      rows: rowsText(JSON.parse(first_rows), count),
    })),
    opens: kind?.opensResult === true,
    version: row.version,
    renderedAt: now,
  };
}

export function resultLink(row: JobSummaryRow, kind: KindSummary | undefined): LinkView | null {
  if (!row.result_page) return null;
  return { href: row.result_page, text: kind?.resultLabel ?? "View result" };
}

function fileView(
  job: JobSummaryRow,
  file: DownloadableFile,
  preview: Preview | undefined,
  { unit = "items", now }: { unit: string | undefined; now: number },
): FileView {
  const { id, name, role, expires_at, deleted_at } = file;
  const isGone = deleted_at !== null || (expires_at !== null && expires_at <= now);
  return {
    id,
    href: isGone ? null : `/jobs/${job.id}/result?file=${id}`,
    name,
    size: formatBytes(file.size),
    role,
    rows: countText(job, file, unit),
    isMain: role === "result" && job.result_page === null,
    expires: isGone || expires_at === null ? null : formatDateTime(expires_at),
    preview: preview ? previewView(preview, file, unit) : null,
  };
}

function countText(job: JobSummaryRow, { role, items }: DownloadableFile, unit: string): string {
  if (items !== null) return formatCount(items, unit);
  return role === "rejected" ? formatCount(job.rejected, "rows") : "";
}

function previewView(preview: Preview, { items }: DownloadableFile, unit: string): PreviewView {
  if (preview.kind === "image") return preview;
  if (preview.kind === "text") {
    const { kind, lines, hasMore } = preview;
    return { kind, lines, note: hasMore ? `First ${formatCount(lines.length, "lines")}` : "" };
  }
  const { kind, header, rows, hiddenColumns } = preview;
  const notes = [
    ...(items !== null && items > rows.length
      ? [`First ${rows.length} of ${formatCount(items, unit)}`]
      : []),
    ...(hiddenColumns > 0 ? [formatCount(hiddenColumns, "more columns")] : []),
  ];
  return { kind, header, rows, note: notes.join(", ") };
}

/** @param first numbers of the first rows, at least one */
function rowsText(first: number[], count: number): string {
  const list = first.map(formatNumber);
  const more = count - first.length;
  if (more > 0) return `rows ${list.join(", ")} and ${formatNumber(more)} more`;
  if (list.length === 1) return `row ${list[0]}`;
  return `rows ${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}

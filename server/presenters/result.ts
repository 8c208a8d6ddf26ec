/** Presents the result of a job: its page, files and rejected rows. All viewers share one view. */
import type { DownloadRole } from "../backend/enums.ts";
import type { DownloadableFile, JobRejectionRow } from "../backend/schema.ts";
import type { JobSummaryRow, KindSummary } from "../engine/job-summary.ts";
import { parseRejectedRows, type RejectedRow } from "../engine/rejected-row.ts";
import { maskSecrets } from "../engine/start/mask-secrets.ts";
import { isFinal, type Status } from "../engine/status.ts";
import type { Preview } from "../storage/result-preview.ts";
import { isWebPage } from "../storage/web-page.ts";
import { formatBytes } from "../text/bytes.ts";
import { formatCount, formatNumber } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import { errorText, outcomeText } from "./outcome.ts";

/** A template of a kind names the types of its own: `ResultView<{ total: number }, { upload_id: string }>`. */
export interface ResultView<Data = unknown, Input = Record<string, unknown>> {
  id: string;
  kind: string;
  status: Status;
  /** Whether the job has ended; until then there is no result. */
  isFinal: boolean;
  /** How the job ended, or why it failed; empty until it has ended. */
  message: string;
  /** With masked secrets. */
  input: Input;
  /** What `run` returned as `data`; null without, and for jobs that did not succeed. */
  data: Data | null;
  /** The data for people: its properties by their names. */
  facts: { label: string; value: string }[];
  page: LinkView | null;
  files: FileView[];
  /** One archive of all files; null if there is only one. */
  zipHref: string | null;
  /** "Missing email" · "112 rows" · "rows 14 (Ada), 83 (Grace), 1,204 (Bo) and 109 more" */
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
  /** For a page of HTML: shows it, without scripts and apart from Headway; else null. */
  openHref: string | null;
  name: string;
  /** "8.1 MB" */
  size: string;
  /** "result" or "rejected" */
  role: DownloadRole;
  /**
   * Whether the file is the first that the job was started for: its link is a button. Others are lines
   * of a list.
   */
  isMain: boolean;
  /** "10,986 contacts", "6 rows" of rejected ones; empty if unknown */
  rows: string;
  /** For a file that is deleted before its job. */
  expires: TimeView | null;
  preview: PreviewView | null;
  /** Whether the preview is open: those of a few results, or the first one of many. */
  isOpen: boolean;
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
  /** With its secrets. */
  input: Record<string, unknown>;
  data: unknown;
}

export const noResults: JobResults = {
  ...{ files: [], rejections: [], previews: new Map() },
  ...{ input: {}, data: null },
};

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
  const views = stored.files.map((file) =>
    fileView(row, file, stored.previews.get(file.id), { unit: kind?.unit, now }),
  );
  const main =
    row.result_page === null && views.find(({ href, role }) => href && role === "result");
  const results = views.filter(({ role }) => role === "result");
  const isOpen = (file: (typeof views)[number]) =>
    results.length > maxOpenPreviews ? file === results[0] : results.includes(file);
  const files = views.map((file) => ({ ...file, isMain: file === main, isOpen: isOpen(file) }));
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    isFinal: isFinal(row.status),
    message: outcomeText(row, kind) || errorText(row),
    input: maskSecrets(stored.input, kind),
    data: stored.data,
    facts: factsOf(stored.data),
    page: resultLink(row, kind),
    files,
    zipHref: files.filter(({ href }) => href).length > 1 ? `/jobs/${row.id}/results.zip` : null,
    rejections: stored.rejections.map(({ reason, count, first_rows }) => ({
      reason,
      count: formatCount(count, kind?.unit ?? "items"),
      rows: rowsText(parseRejectedRows(first_rows), count),
    })),
    opens: kind?.opensResult === true,
    version: row.version,
    renderedAt: now,
  };
}

/** More of them would push the log out of sight. */
const maxOpenPreviews = 4;

/** More are for the kind's own template. */
const maxFacts = 50;

function factsOf(data: unknown): ResultView["facts"] {
  if (data === null) return [];
  const isObject = typeof data === "object" && !Array.isArray(data);
  const entries = isObject ? Object.entries(data) : [["result", data] as const];
  return entries.slice(0, maxFacts).map(([name, value]) => {
    const label = `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;
    if (typeof value === "number") return { label, value: value.toLocaleString("en") };
    return { label, value: typeof value === "string" ? value : JSON.stringify(value) };
  });
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
): Omit<FileView, "isMain" | "isOpen"> {
  const { id, name, role, expires_at, deleted_at } = file;
  const isGone = deleted_at !== null || (expires_at !== null && expires_at <= now);
  return {
    id,
    href: isGone ? null : `/jobs/${job.id}/result?file=${id}`,
    openHref: isGone || !isWebPage(file) ? null : `/jobs/${job.id}/result?file=${id}&open=1`,
    name,
    size: formatBytes(file.size),
    role,
    rows: countText(job, file, unit),
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

/** @param first the first rows, at least one */
function rowsText(first: readonly RejectedRow[], count: number): string {
  const list = first.map(({ row, label }) => formatNumber(row) + (label && ` (${label})`));
  const more = count - first.length;
  if (more > 0) return `rows ${list.join(", ")} and ${formatNumber(more)} more`;
  if (list.length === 1) return `row ${list[0]}`;
  return `rows ${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}

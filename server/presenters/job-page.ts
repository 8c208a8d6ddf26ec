/** The page of one job: GET /jobs/:id. */
import type { z } from "zod";
import type { JobRow } from "../backend/schema.ts";
import { isSecret } from "../engine/start/is-secret.ts";
import { isFinal } from "../engine/status.ts";
import type { Kind } from "../job.ts";
import { formatDate, formatDateTime, type TimeView } from "../text/dates.ts";
import type { JobView } from "./job.ts";
import type { ActionsView } from "./job-actions.ts";
import type { HistoryView } from "./job-history.ts";
import type { Page } from "./layout.ts";
import type { JobLog } from "./log.ts";
import type { LinkView, ResultView } from "./result.ts";

export interface JobPage extends Page {
  job: JobView;
  result: ResultView;
  log: JobLog;
  actions: ActionsView;
  history: HistoryView;
  about: AboutView;
}

/** The sidebar, for one viewer. */
export interface AboutView {
  id: string;
  /** "Started by Ada Lovelace" */
  owner: string;
  /** The input of the job, with masked secrets. */
  input: { label: string; value: string; href?: string }[];
  /** "Edit and run again": the form, prefilled from this job; null for kinds without a form. */
  change: LinkView | null;
  /** Time at which the job is deleted with its log and files; null while it is active. */
  deletedOn: TimeView | null;
  /** "the job of Nov 26": the job that this one retries */
  retryOf: LinkView | null;
}

const day = 86_400_000;

export function aboutView(
  job: JobRow,
  kind: Kind | undefined,
  about: {
    /** Null if the person has left the account. */
    ownerName: string | null;
    isOwn: boolean;
    /** Names of the uploads in the input, by id; deleted ones are missing. */
    uploadNames: ReadonlyMap<string, string>;
    /** Titles of the jobs in the input, by id; those that the viewer may not see are missing. */
    jobTitles: ReadonlyMap<string, string>;
    retryOf: Pick<JobRow, "id" | "created_at"> | undefined;
    retentionDays: number;
  },
): AboutView {
  const { id, finished_at, status } = job;
  const { retryOf, retentionDays } = about;
  const hasForm = kind !== undefined && kind.listed !== false;
  return {
    id,
    owner: about.isOwn ? "Started by you" : `Started by ${about.ownerName ?? "a former member"}`,
    input: inputFacts(job, kind, about),
    change: hasForm
      ? {
          href: `/jobs/new/${job.kind}?from_job=${id}`,
          text: isFinal(status) ? "Edit and run again" : "Duplicate",
        }
      : null,
    deletedOn: finished_at ? formatDateTime(finished_at + retentionDays * day) : null,
    retryOf: retryOf
      ? { href: `/jobs/${retryOf.id}`, text: `the job of ${formatDate(retryOf.created_at).text}` }
      : null,
  };
}

/** Leaves out empty fields and fields of several values, such as a mapping of columns. */
function inputFacts(
  { input: json }: JobRow,
  kind: Kind | undefined,
  { uploadNames, jobTitles }: Record<"uploadNames" | "jobTitles", ReadonlyMap<string, string>>,
): AboutView["input"] {
  const input: Record<string, unknown> = JSON.parse(json);
  return Object.entries(kind?.input.shape ?? {}).flatMap(([field, type]) => {
    const value = input[field];
    const isEmpty = value === undefined || value === null || value === "";
    if (isEmpty || typeof value === "object") return [];
    const {
      label = labelOf(field),
      upload,
      options,
      job,
      button,
    } = (type as z.ZodType).meta() ?? {};
    const text = typeof value === "boolean" ? (value ? "Yes" : "No") : String(value);
    // A button that was not pressed is no choice.
    if (button && value === false) return [];
    if (isSecret(type)) return [{ label, value: "••••••••" }];
    if (job) return [jobFact(label, text, jobTitles)];
    if (upload) return [{ label, value: uploadNames.get(text) ?? "a deleted file" }];
    return [{ label, value: options?.[text] ?? text }];
  });
}

function jobFact(
  label: string,
  id: string,
  titles: ReadonlyMap<string, string>,
): AboutView["input"][number] {
  const value = titles.get(id);
  return value ? { label, value, href: `/jobs/${id}` } : { label, value: "a deleted job" };
}

/** @returns the ids of the uploads in the job's input */
export function uploadIds(job: JobRow, kind: Kind | undefined): string[] {
  return valuesOf(job, kind, "upload");
}

/** @returns the ids of other jobs in the job's input */
export function jobIds(job: JobRow, kind: Kind | undefined): string[] {
  return valuesOf(job, kind, "job");
}

/** @param mark the metadata that the fields have */
function valuesOf(job: JobRow, kind: Kind | undefined, mark: "upload" | "job"): string[] {
  const input: Record<string, unknown> = JSON.parse(job.input);
  return Object.entries(kind?.input.shape ?? {}).flatMap(([field, type]) => {
    const value = input[field];
    return (type as z.ZodType).meta()?.[mark] && typeof value === "string" ? [value] : [];
  });
}

function labelOf(field: string): string {
  const text = field.replaceAll("_", " ").replace(/ id$/, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The page of one job: GET /jobs/:id. */
import type { JobRow, ScheduleRow } from "../backend/schema.ts";
import { isFinal } from "../engine/status.ts";
import { type InputField, inputFields } from "../forms/input-fields.ts";
import { getAt } from "../forms/input-values.ts";
import type { Kind } from "../job.ts";
import { formatNumber } from "../text/counts.ts";
import { formatDate, formatDateTime, type TimeView } from "../text/dates.ts";
import type { JobView } from "./job.ts";
import type { ActionsView } from "./job-actions.ts";
import type { HistoryView } from "./job-history.ts";
import type { Page } from "./layout.ts";
import type { JobLog } from "./log.ts";
import type { OutputView } from "./output.ts";
import type { LinkView, ResultView } from "./result.ts";

export interface JobPage extends Page {
  job: JobView;
  output: OutputView;
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
  input: InputFact[];
  /** "Edit and run again": the form, prefilled from this job; null for kinds without a form. */
  change: LinkView | null;
  /** Time at which the job is deleted with its log and files; null while it is active. */
  deletedOn: TimeView | null;
  /** "the job of Nov 26": the job that this one retries */
  retryOf: LinkView | null;
  /** The schedule that started it; null also if that was deleted. */
  schedule: LinkView | null;
}

export interface InputFact {
  label: string;
  /** "ada@x.test, bo@x.test, cy@x.test and 117 more" */
  value: string;
  href?: string;
  time?: TimeView;
  /** The lines of the whole value, if `value` has only its beginning. */
  lines?: string[];
}

const day = 86_400_000;
/** The sidebar shows the beginning of a longer list or text, which opens in place. */
const maxListed = 5;
const shownOfLongList = 3;
const maxTextLength = 300;
const shownOfLongText = 200;

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
    schedule: Pick<ScheduleRow, "id" | "repeats"> | undefined;
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
    schedule: about.schedule
      ? { href: `/schedules/${about.schedule.id}`, text: about.schedule.repeats }
      : null,
  };
}

/** Leaves out empty fields, and mappings of columns. */
export function inputFacts(
  { input: json }: Pick<JobRow, "input">,
  kind: Kind | undefined,
  { uploadNames, jobTitles }: Record<"uploadNames" | "jobTitles", ReadonlyMap<string, string>>,
): InputFact[] {
  const input: Record<string, unknown> = JSON.parse(json);
  return (kind ? inputFields(kind) : []).flatMap((field) => {
    const value = getAt(input, field.path);
    const texts = textsOf(field, value);
    // A button that was not pressed is no choice.
    if (texts.length === 0 || (field.button && value === false)) return [];
    const label = [...field.groups, field]
      .map((part) => part.label.replace(/ id$/, ""))
      .join(" · ");
    if (field.secret) return [{ label, value: "••••••••" }];
    if (field.isJob) return [jobFact(label, texts[0]!, jobTitles)];
    if (field.type === "file") {
      const names = texts.map((id) => uploadNames.get(id) ?? "a deleted file");
      return [{ label, ...folded(names) }];
    }
    const time = field.dateTime?.hasZone ? Date.parse(texts[0]!) : Number.NaN;
    if (Number.isFinite(time)) return [{ label, value: texts[0]!, time: formatDateTime(time) }];
    const labels = new Map(field.options.map((option) => [option.value, option.label]));
    return [{ label, ...folded(texts.map((text) => labels.get(text) ?? text)) }];
  });
}

/** @param texts at least one */
function folded(texts: readonly string[]): Pick<InputFact, "value" | "lines"> {
  const value = texts.join(", ");
  const lines = texts.flatMap((text) => text.split("\n"));
  if (texts.length > maxListed) {
    const more = formatNumber(texts.length - shownOfLongList);
    return {
      value: `${clipped(texts.slice(0, shownOfLongList).join(", "))} and ${more} more`,
      lines,
    };
  }
  return value.length > maxTextLength ? { value: clipped(value), lines } : { value };
}

function clipped(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, shownOfLongText).toWellFormed()} …` : text;
}

/** @returns none for an empty value, and for one that is no text, number or list of them */
function textsOf({ type }: InputField, value: unknown): string[] {
  if (type === "columns") return [];
  if (typeof value === "boolean" && type === "checkbox") return [value ? "Yes" : "No"];
  const parts = [value].flat().filter((part) => part !== undefined && part !== null && part !== "");
  return parts.some((part) => typeof part === "object") ? [] : parts.map(String);
}

function jobFact(label: string, id: string, titles: ReadonlyMap<string, string>): InputFact {
  const value = titles.get(id);
  return value ? { label, value, href: `/jobs/${id}` } : { label, value: "a deleted job" };
}

/** @returns the ids of the uploads in the job's input */
export function uploadIds(job: Pick<JobRow, "input">, kind: Kind | undefined): string[] {
  return idsIn(job, kind, ({ type }) => type === "file");
}

/** @returns the ids of other jobs in the job's input */
export function jobIds(job: Pick<JobRow, "input">, kind: Kind | undefined): string[] {
  return idsIn(job, kind, ({ isJob }) => isJob);
}

function idsIn(
  job: Pick<JobRow, "input">,
  kind: Kind | undefined,
  isMeant: (field: InputField) => boolean,
): string[] {
  const input: Record<string, unknown> = JSON.parse(job.input);
  const fields = kind ? inputFields(kind).filter(isMeant) : [];
  return fields.flatMap((field) => textsOf(field, getAt(input, field.path)));
}

/** The pages that start a job: choice of kind, upload, form, duplicate. */
import type { DurationEstimate } from "../engine/eta/duration-estimate.ts";
import { buttonFields, type InputField, inputFields, uploadField } from "../forms/input-fields.ts";
import { uploadIdsOf, uploadValues } from "../forms/input-values.ts";
import type { ScheduleInput } from "../forms/schedule.ts";
import { type Choices, defaultIcon, type IconName, type Kind } from "../job.ts";
import { formatBytes } from "../text/bytes.ts";
import { formatCount } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import { approximateDuration } from "../text/durations.ts";
import {
  conditionView,
  type FieldView,
  type FormState,
  fieldView,
  fieldViews,
  groupFields,
  type HiddenField,
  type Option,
} from "./form.ts";
import type { JobView } from "./job.ts";
import type { Page } from "./layout.ts";
import { missingSettingsText } from "./refusal-text.ts";
import { type ScheduleView, scheduleView } from "./schedule.ts";

/** GET /jobs/new */
export interface NewJobPage extends Page {
  kinds: KindCard[];
}

export interface KindCard {
  kind: string;
  icon: IconName;
  title: string;
  description: string;
  href: string;
  /** "Usually 1-3 minutes", or empty */
  duration: string;
  /** "Needs FCM_KEY": settings without which no job starts; or empty. */
  needs: string;
}

/** GET /jobs/new/:kind */
export interface JobFormPage extends Page {
  kind: string;
  title: string;
  description: string;
  /** "/jobs", or "/uploads" until a file is chosen */
  action: string;
  multipart: boolean;
  /** Null unless the page asks for a file. */
  upload: UploadView | null;
  /** Includes `type` and `idempotency_key`. */
  hidden: HiddenField[];
  fields: FieldView[];
  /** The job that the form was prefilled from. */
  from: EarlierView | null;
  /** Null unless more files were uploaded together with this one. */
  moreFiles: MoreFilesView | null;
  /** Settings of the environment without which no job starts, as a sentence; or empty. */
  needs: string;
  /** Null until a file is chosen. */
  schedule: ScheduleView | null;
  /** An error of a field that the page does not show, or empty. */
  error: string;
  submitLabel: string;
  otherButtons: SubmitView[];
  /** "Usually 1-3 minutes", or empty */
  duration: string;
}

/** For the script that uploads files. */
export interface UploadView {
  /** The form that follows; the script adds the ids of the uploads to its query. */
  nextHref: string;
  /** The field of that form that takes the id of an upload. */
  field: string;
  /** Whether all files are for one job. */
  several: boolean;
  /** The form without another file; empty if it needs one. */
  skipHref: string;
}

export interface MoreFilesView {
  /** "2 more files follow: people.csv, friends.csv" */
  text: string;
  /** The form of the next file. */
  skipHref: string;
}

export interface EarlierView {
  href: string;
  started: TimeView;
}

export interface SubmitButtonsView {
  label: string;
  others: SubmitView[];
  /** Whether nothing can be started. */
  disabled: boolean;
  /** "Usually 1-3 minutes", or empty */
  duration: string;
}

/** A second button of a form, which sets a field. */
export interface SubmitView {
  /** The name of the field; its value is "true". */
  name: string;
  label: string;
  /** "Reads the whole file and changes nothing.", or empty */
  help: string;
  /** Where the form goes unchecked; empty to start the job. */
  action: string;
}

/** Answers a start with the input of an active job: asks the person before it starts another one. */
export interface DuplicatePage extends Page {
  /** "This job is already running" */
  heading: string;
  /** "You", "Ada Lovelace" */
  who: string;
  /** "It's still running." */
  state: string;
  job: JobView;
  /** Path to which the form is submitted again, unchanged, to start another job. */
  action: string;
  hidden: HiddenField[];
}

/** The values of a form before the job starts. */
export interface JobDraft extends FormState {
  type: string;
  kind: Kind;
  /** Created with the first page and submitted with every later form, so that they start one job. */
  idempotencyKey: string;
  schedule: ScheduleInput;
  /** The job that the form was prefilled from. */
  from?: { id: string; created_at: number } | undefined;
  /** Files that were uploaded together with this one. Their forms follow. */
  moreFiles?: readonly UploadedFile[] | undefined;
  /** The time zone from the person's settings. */
  preferredZone: string | null;
  /** The names of settings that the kind needs. */
  missing?: readonly string[];
  /** Whether the person asked for the page that uploads files. */
  choosesFile?: boolean;
  /** Whether the person had the uploaded file read again. */
  wasReadAgain?: boolean;
  /** The table of the file whose columns the person saw; empty if the file has only one. */
  shownTable?: string;
}

export interface UploadedFile {
  id: string;
  name: string;
}

/** The field, of forms and queries, with the ids of `moreFiles`. */
export const moreFilesField = "more_files";

const shortMs = 5_000;

/** @returns "Usually 1-3 minutes", or empty without an estimate */
export function typicalDurationText(typical: DurationEstimate | null): string {
  if (typical === null) return "";
  if (typical.to <= shortMs) return "Usually a few seconds";
  return `Usually ${approximateDuration(typical.from, typical.to)}`;
}

/** @param missing names of settings that the kind needs */
export function kindCard(
  type: string,
  kind: Kind,
  typical: DurationEstimate | null,
  missing: readonly string[] = [],
): KindCard {
  const { title, description, icon = defaultIcon, startPage } = kind;
  const href = startPage ?? `/jobs/new/${type}`;
  const needs = missing.length > 0 ? `Needs ${missing.join(", ")}` : "";
  return {
    ...{ kind: type, icon, title, description, href, needs },
    duration: typicalDurationText(typical),
  };
}

type Body<P extends Page> = Omit<P, "layout">;

/** @param carried the values that the URL of the upload passes on to the form, without its kind */
export function uploadPage(
  draft: JobDraft,
  carried: URLSearchParams,
  error: string,
): Body<JobFormPage> {
  const { type, kind } = draft;
  const upload = uploadField(kind)!;
  const hasFiles = uploadIdsOf(upload, Object.fromEntries(carried)).length > 0;
  const view = fieldView(upload, { values: {}, errors: { [upload.name]: error } });
  return {
    ...headOf(draft),
    action: `/uploads?${new URLSearchParams([["type", type], ...carried])}`,
    multipart: true,
    upload: {
      nextHref: `/jobs/new/${type}?${carried}`,
      field: upload.name,
      several: upload.severalFiles,
      skipHref: upload.required && !hasFiles ? "" : `/jobs/new/${type}?${carried}`,
    },
    hidden: [],
    needs: needsText(draft),
    fields: [{ ...view, name: "file" }],
    schedule: null,
    error: "",
    submitLabel: "Upload",
    otherButtons: [],
    // The duration depends on the size of the file.
    duration: "",
    kind: type,
  };
}

/**
 * @param files the uploaded files
 * @param choices options that depend on the data of the account
 */
export function jobFormPage(
  draft: JobDraft,
  files: readonly (UploadedFile & { size: number })[],
  typical: DurationEstimate | null,
  choices?: Choices,
): Body<JobFormPage> {
  const fileOptions = files.map(({ id, name, size }) => {
    return { value: id, label: `${name}, ${formatBytes(size)}`, selected: true };
  });
  const all = inputFields(draft.kind);
  const entries = all
    .filter(({ type, hidden, button }) => type !== "columns" && !hidden && !button)
    .flatMap((field) => {
      const condition = field.groups.length > 0 ? null : conditionView(field, all);
      const views = fieldViews(field, choices, draft);
      if (field.type === "file") {
        return views.flatMap((view) => fileView(field, { ...view, condition }, fileOptions));
      }
      return views.map((view) => ({ field, view: { ...view, condition } }));
    });
  const fields = groupFields(entries, draft, (group) => conditionView(group, all));
  return {
    ...headOf(draft),
    kind: draft.type,
    action: "/jobs",
    multipart: false,
    upload: null,
    hidden: hiddenFields(draft),
    fields,
    needs: needsText(draft),
    schedule: scheduleOf(draft),
    error: otherError(draft, fields),
    submitLabel: "Start",
    otherButtons: [...buttonViews(draft.kind), ...fileButtons(draft, files.length)],
    duration: typicalDurationText(typical),
  };
}

export function needsText({ missing = [] }: JobDraft): string {
  return missing.length > 0 ? missingSettingsText({ missing }) : "";
}

/** Uploaded files are chosen on a page of their own; here some of several can be left out. */
function fileView(field: InputField, view: FieldView, files: readonly Option[]) {
  if (files.length === 0) return [];
  const [first] = files;
  return field.severalFiles
    ? [{ field, view: { ...view, type: "multiple" as const, options: [...files] } }]
    : [{ field, view: { ...view, fileText: first!.label } }];
}

/** The field with which a form asks for the page that uploads files. */
export const chooseFileField = "choose_file";

function fileButtons({ type, kind }: JobDraft, count: number): SubmitView[] {
  const upload = uploadField(kind);
  if (!upload || (count > 0 && !upload.severalFiles)) return [];
  const label = upload.severalFiles ? "Add files" : "Choose a file";
  return [{ name: chooseFileField, label, help: "", action: `/jobs/new/${type}` }];
}

export function buttonViews(kind: Kind): SubmitView[] {
  return buttonFields(kind).map(({ name, button, help }) => ({
    name,
    label: button,
    help,
    action: "",
  }));
}

export function headOf({ type, kind, from, moreFiles = [] }: JobDraft) {
  const { title, description } = kind;
  const earlier = from
    ? { href: `/jobs/${from.id}`, started: formatDateTime(from.created_at) }
    : null;
  return { title, description, from: earlier, moreFiles: moreFilesView(type, kind, moreFiles) };
}

function moreFilesView(
  type: string,
  kind: Kind,
  files: readonly UploadedFile[],
): MoreFilesView | null {
  if (files.length === 0) return null;
  const verb = files.length === 1 ? "follows" : "follow";
  const names = files.map(({ name }) => name).join(", ");
  const text = `${formatCount(files.length, "more files")} ${verb}: ${names}`;
  return { text, skipHref: nextFileHref(type, kind, files) };
}

/**
 * @param files at least one
 * @param values further fields that the form begins with
 * @returns the form of the first file, which the others follow
 */
export function nextFileHref(
  type: string,
  kind: Kind,
  [next, ...rest]: readonly Pick<UploadedFile, "id">[],
  values: FormState["values"] = {},
): string {
  const upload = uploadField(kind)!;
  if (upload.severalFiles) {
    const ids = [next!, ...rest].map(({ id }) => id);
    return `/jobs/new/${type}?${new URLSearchParams({ ...values, ...uploadValues(upload, ids) })}`;
  }
  const query = new URLSearchParams({ ...values, [upload.name]: next!.id });
  if (rest.length > 0) query.set(moreFilesField, moreFilesValue(rest));
  return `/jobs/new/${type}?${query}`;
}

export function otherError(
  { errors = {} }: Pick<FormState, "errors">,
  fields: { name: string }[],
): string {
  const shown = new Set([...fields.map(({ name }) => name), "when"]);
  return (
    Object.entries(errors).find(
      ([name, error]) => error && !shown.has(name) && !shown.has(name.split(".")[0]!),
    )?.[1] ?? ""
  );
}

export function scheduleOf({ schedule, preferredZone, errors }: JobDraft): ScheduleView {
  return scheduleView(schedule, preferredZone, errors?.when);
}

/** @returns the ids, as `moreFilesField` has them */
export function moreFilesValue(files: readonly Pick<UploadedFile, "id">[]): string {
  return files.map(({ id }) => id).join(",");
}

export function hiddenFields({
  type,
  idempotencyKey,
  from,
  moreFiles = [],
}: JobDraft): HiddenField[] {
  return [
    { name: "type", value: type },
    { name: "idempotency_key", value: idempotencyKey },
    ...(from ? [{ name: "from_job", value: from.id }] : []),
    ...(moreFiles.length > 0 ? [{ name: moreFilesField, value: moreFilesValue(moreFiles) }] : []),
  ];
}

const duplicateTexts = {
  running: ["This job is already running", "It's still running."],
  paused: ["This job already exists and is paused", "It's paused."],
  scheduled: ["This job is already scheduled", "It hasn't started yet."],
  queued: ["This job is already queued", "It hasn't started yet."],
} as const;

/** @param sent the submitted values, by field name */
export function duplicatePage(
  job: JobView,
  who: string,
  action: string,
  sent: Readonly<Record<string, string | undefined>>,
): Body<DuplicatePage> {
  const status = job.status === "queued" ? job.displayStatus : job.status;
  const isKnown = Object.hasOwn(duplicateTexts, status);
  const [heading, state] =
    duplicateTexts[isKnown ? (status as keyof typeof duplicateTexts) : "queued"];
  const fields = Object.entries({ ...sent, anyway: "1" });
  const hidden = fields.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  return { heading, who, state, job, action, hidden };
}

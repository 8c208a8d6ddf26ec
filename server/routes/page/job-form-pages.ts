/** The pages on which a job is described before it starts. */
import { randomUUID } from "node:crypto";
import type { JobRow } from "../../backend/schema.ts";
import { typicalDurations } from "../../engine/eta/typical-duration.ts";
import {
  type InputField,
  inputFields,
  plainFields,
  uploadField,
} from "../../forms/input-fields.ts";
import { withoutFile } from "../../forms/input-values.ts";
import { type WhenTyped, whenView } from "../../forms/when.ts";
import type { ByteSource, FilePreview, Kind } from "../../job.ts";
import { type Filled, fieldView } from "../../presenters/field-view.ts";
import type { HiddenField } from "../../presenters/form.ts";
import type {
  ColumnView,
  EarlierView,
  JobFormPage,
  MappingPage,
} from "../../presenters/job-form.ts";
import { typicalDurationText } from "../../presenters/usually.ts";
import type { Services } from "../../services.ts";
import { formatBytes } from "../../text/bytes.ts";
import { formatDateTime } from "../../text/dates.ts";
import type { RouteContext } from "./layout.ts";
import { layoutWithTray } from "./tray.ts";

export type JobFormServices = Pick<
  Services,
  "accounts" | "backend" | "catalog" | "config" | "jobs" | "render" | "storage"
>;

/** What is to be started, as far as it is known. */
export interface Draft extends Filled {
  type: string;
  kind: Kind;
  /** Made with the first page and kept with every answer to it: however often it is sent, one job. */
  idempotencyKey?: string | undefined;
  when: WhenTyped;
  /** The job that it begins with. */
  from?: Earlier | undefined;
}

export type Earlier = Pick<JobRow, "id" | "created_at">;

/** Where a file has to come first: a form with nothing but that. */
export async function filePage(
  c: RouteContext,
  services: JobFormServices,
  draft: Draft,
  error = "",
) {
  const { type, kind, typed, from } = draft;
  const upload = uploadField(kind)!;
  const layout = await layoutWithTray(c, services, { title: kind.title, section: "new" });
  const carried = { ...withoutFile(kind, typed), ...(from && { from_job: from.id }) };
  const view = fieldView(upload, { typed: {}, errors: { [upload.name]: error } });
  const data: JobFormPage = {
    kind: type,
    title: kind.title,
    description: kind.description,
    layout,
    action: `/uploads?${new URLSearchParams({ ...carried, type, token: layout.token })}`,
    multipart: true,
    hidden: [],
    fields: [{ ...view, name: "file" }],
    from: earlierView(from),
    when: null,
    error: "",
    submitLabel: "Upload",
    // How long the job takes depends on the file.
    usually: "",
  };
  return c.html(services.render.page(services.render.templateFor(type, "form"), data));
}

/** @param file the uploaded one, for a kind that takes one */
export async function formPage(
  c: RouteContext,
  services: JobFormServices,
  draft: Draft,
  file?: ByteSource,
) {
  const { type, kind } = draft;
  const fileText = file ? `${file.name}, ${formatBytes(file.size)}` : "";
  const fields = inputFields(kind)
    .filter((field) => field.type !== "columns")
    .map((field) => ({ ...fieldView(field, draft), fileText }));
  const data: JobFormPage = {
    kind: type,
    title: kind.title,
    description: kind.description,
    layout: await layoutWithTray(c, services, { title: kind.title, section: "new" }),
    action: "/jobs",
    multipart: false,
    hidden: hidden(draft),
    fields,
    from: earlierView(draft.from),
    when: whenAsked(c, draft),
    error: otherError(draft, fields),
    submitLabel: "Start",
    usually: await usuallyTakes(c, services, type, file),
  };
  return c.html(services.render.page(services.render.templateFor(type, "form"), data));
}

/** Where the columns of the uploaded file are mapped. */
export async function mappingPage(
  c: RouteContext,
  services: JobFormServices,
  draft: Draft,
  { file, preview }: { file: ByteSource; preview: FilePreview },
) {
  const { type, kind, typed, from } = draft;
  const upload = uploadField(kind)!;
  const others = { ...withoutFile(kind, typed), ...(from && { from_job: from.id }) };
  const filled: Filled = { ...draft, suggested: preview.suggested };
  const mapping = inputFields(kind).find((field) => field.type === "columns");
  const columns = mapping ? columnViews(mapping, preview, filled) : [];
  const fields = plainFields(kind).map((field) => fieldView(field, filled));
  const data: MappingPage = {
    layout: await layoutWithTray(c, services, { title: kind.title, section: "new" }),
    title: kind.title,
    action: "/jobs",
    hidden: [...hidden(draft), { name: upload.name, value: typed[upload.name] ?? "" }],
    file: { name: file.name, size: formatBytes(file.size), rows: preview.size },
    detected: preview.facts,
    columns,
    preview: preview.rows,
    fields,
    from: earlierView(from),
    when: whenAsked(c, draft),
    error: otherError(draft, [...columns, ...fields]),
    usually: await usuallyTakes(c, services, type, file),
    changeFileHref: `/jobs/new/${type}?${new URLSearchParams({ ...others, [upload.name]: "" })}`,
  };
  return c.html(services.render.page("jobs/mapping", data));
}

/** What jobs of the kind took lately, those about as large as the file. */
async function usuallyTakes(
  c: RouteContext,
  { backend, catalog }: JobFormServices,
  type: string,
  file: ByteSource | undefined,
): Promise<string> {
  const { accountId } = c.var.person;
  const typical = await typicalDurations(backend.db, catalog, accountId, [type]);
  return typicalDurationText(typical(type, file?.size ?? null));
}

function columnViews(
  field: InputField,
  { columns, rows }: FilePreview,
  { typed, errors }: Filled,
): ColumnView[] {
  const choices = [{ name: "", label: "Left out" }, ...field.columns];
  return columns.map(({ header, holds }, place) => {
    const name = `${field.name}.${place}`;
    const value = typed[name] ?? holds;
    return {
      name,
      header,
      samples: rows.map((cells) => cells[place] ?? ""),
      options: choices.map((choice) => {
        return { value: choice.name, label: choice.label, selected: choice.name === value };
      }),
      error: errors?.[name] ?? "",
    };
  });
}

/** What is wrong and stands beside no field of the page. */
function otherError({ errors = {} }: Draft, shown: { name: string }[]): string {
  const beside = new Set([...shown.map(({ name }) => name), "when"]);
  return Object.entries(errors).find(([name]) => !beside.has(name))?.[1] ?? "";
}

function earlierView(from: Earlier | undefined): EarlierView | null {
  return from ? { href: `/jobs/${from.id}`, started: formatDateTime(from.created_at) } : null;
}

function whenAsked(c: RouteContext, { when, errors }: Draft) {
  return whenView(when, c.var.person.preferences.timeZone, errors?.when);
}

function hidden({ type, idempotencyKey = randomUUID(), from }: Draft): HiddenField[] {
  return [
    { name: "type", value: type },
    { name: "idempotency_key", value: idempotencyKey },
    ...(from ? [{ name: "from_job", value: from.id }] : []),
  ];
}

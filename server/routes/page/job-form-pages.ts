/** The pages that ask for the input of a job before it starts. */
import { randomUUID } from "node:crypto";
import { assetHref } from "../../assets/href.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { DurationEstimate } from "../../engine/eta/duration-estimate.ts";
import type { TryMapping } from "../../file-preview/file-previewer.ts";
import type { PreviewData } from "../../file-preview/messages.ts";
import { uploadField } from "../../forms/input-fields.ts";
import { uploadIdsOf, uploadValues, withoutFileValues } from "../../forms/input-values.ts";
import type { ByteSource } from "../../job.ts";
import { settingsOf } from "../../kind-settings.ts";
import type { FieldView } from "../../presenters/form.ts";
import {
  type JobDraft,
  jobFormPage,
  moreFilesField,
  moreFilesValue,
  uploadPage,
} from "../../presenters/job-form.ts";
import { mappingPage, shownMapping } from "../../presenters/mapping-page.ts";
import type { Services } from "../../services.ts";
import type { RouteContext } from "./layout.ts";
import { layoutWithTray } from "./tray.ts";

export type JobFormServices = Pick<
  Services,
  "accounts" | "backend" | "catalog" | "config" | "filePreviewer" | "jobs" | "render" | "storage"
>;

/** A first page has no idempotency key yet and gets a new one. */
export type Draft = Omit<JobDraft, "idempotencyKey" | "preferredZone"> & {
  idempotencyKey?: string | undefined;
  from?: Pick<JobRow, "id" | "created_at"> | undefined;
};

function complete(c: RouteContext, draft: Draft): JobDraft {
  const { idempotencyKey = randomUUID() } = draft;
  const { timeZone: preferredZone } = c.var.person.preferences;
  const { missing } = settingsOf(draft.kind);
  return { ...draft, idempotencyKey, preferredZone, missing };
}

/** The page that asks for the file alone, before the form. */
export async function renderUploadPage(
  c: RouteContext,
  services: JobFormServices,
  draft: Draft,
  error = "",
) {
  const { type, kind } = draft;
  const script = assetHref("upload.js");
  const layout = await layoutWithTray(c, services, { title: kind.title, section: "new", script });
  const carried = new URLSearchParams(valuesForAnotherFile(draft));
  const page = { layout, ...uploadPage(complete(c, draft), carried, error) };
  return c.html(services.render.page(services.render.templateFor(type, "form"), page));
}

/** @param files the uploaded files */
export async function renderFormPage(
  c: RouteContext,
  services: JobFormServices,
  draft: Draft,
  files: readonly (ByteSource & { id: string })[] = [],
) {
  const { type, kind, values } = draft;
  const { accountId, userId } = c.var.person;
  const { readOnlyDb: db } = services.backend;
  const choices = await kind.choices?.({ accountId, userId, db }, values);
  const typical = await typicalDuration(c, services, type, sizeOf(files));
  const body = jobFormPage(complete(c, draft), files, typical, choices);
  const script = body.fields.some(needsScript) ? assetHref("job-form.js") : null;
  const layout = await layoutWithTray(c, services, { title: kind.title, section: "new", script });
  const page = { layout, ...body };
  return c.html(services.render.page(services.render.templateFor(type, "form"), page));
}

function needsScript({ type, condition, zone, fields }: FieldView): boolean {
  return type === "list" || condition !== null || zone !== null || fields.some(needsScript);
}

/** The page that maps the columns of the uploaded file. */
export async function renderMappingPage(
  c: RouteContext,
  services: JobFormServices,
  draft: Draft,
  { file, preview, tryMapping }: { file: ByteSource; preview: PreviewData; tryMapping: TryMapping },
) {
  const { type, kind } = draft;
  const layout = await layoutWithTray(c, services, { title: kind.title, section: "new" });
  const typical = await typicalDuration(c, services, type, file.size);
  const carried = new URLSearchParams({
    ...valuesForAnotherFile(draft),
    [uploadField(kind)!.name]: "",
  });
  const changeFileHref = `/jobs/new/${type}?${carried}`;
  const shown = complete(c, draft);
  const trial = await tryMapping(shownMapping(shown, preview));
  const body = mappingPage(shown, file, preview, trial, typical, changeFileHref);
  return c.html(services.render.page("jobs/mapping", { layout, ...body }));
}

/** The fields that stay if the person chooses another file. */
function valuesForAnotherFile({ kind, values, from, moreFiles = [] }: Draft) {
  const upload = uploadField(kind)!;
  return {
    ...withoutFileValues(kind, values),
    ...(upload.severalFiles && uploadValues(upload, uploadIdsOf(upload, values))),
    ...(from && { from_job: from.id }),
    ...(moreFiles.length > 0 && { [moreFilesField]: moreFilesValue(moreFiles) }),
  };
}

function sizeOf(files: readonly ByteSource[]): number | null {
  return files.length > 0 ? files.reduce((sum, { size }) => sum + size, 0) : null;
}

async function typicalDuration(
  c: RouteContext,
  { jobs }: JobFormServices,
  type: string,
  size: number | null,
): Promise<DurationEstimate | null> {
  const { accountId } = c.var.person;
  const typical = await jobs.typicalDurations(accountId, [type]);
  return typical(type, size);
}

import { visibleJobs } from "../../accounts/authorize.ts";
import { PreviewAborted } from "../../file-preview/ask-thread.ts";
import { type InputField, plainFields, uploadField } from "../../forms/input-fields.ts";
import { type FormValues, uploadIdsOf } from "../../forms/input-values.ts";
import { type ByteSource, Refused } from "../../job.ts";
import { openUpload } from "../../storage/uploads.ts";
import {
  type Draft,
  type JobFormServices,
  renderFormPage,
  renderMappingPage,
  renderUploadPage,
} from "./job-form-pages.ts";
import type { RouteContext } from "./layout.ts";

/**
 * Asks for the file, then for the mapping of its columns, or for the fields of the form. A file that
 * cannot be used leads back to the first page, with the reason.
 */
export async function nextFormPage(c: RouteContext, services: JobFormServices, draft: Draft) {
  const { kind, values, errors } = draft;
  const upload = uploadField(kind);
  if (!upload) return renderFormPage(c, services, draft);
  const ids = uploadIdsOf(upload, values);
  const error = errors?.[upload.name];
  const asksForFile = draft.choosesFile || (ids.length === 0 && asksFirst(upload, values));
  if (asksForFile || (error && !upload.severalFiles)) {
    return renderUploadPage(c, services, draft, error);
  }
  const { backend, storage } = services;
  try {
    const owner = visibleJobs(c.var.person, "account");
    const open = async (id: string) => ({ ...(await openUpload(backend, storage, owner, id)), id });
    const files = await Promise.all(ids.map(open));
    const [file] = files;
    if (!kind.preview || !file || upload.severalFiles) {
      return renderFormPage(c, services, draft, files);
    }
    return await previewFile(c, services, draft, file);
  } catch (error) {
    if (error instanceof PreviewAborted) return c.body(null, 400);
    if (!(error instanceof Refused)) throw error;
    c.status(422);
    return renderUploadPage(c, services, draft, messageWithAdvice(error));
  }
}

/** An optional file is asked for only once the person wants to choose one. */
function asksFirst(upload: InputField, values: FormValues): boolean {
  return upload.required || values[upload.name] === "";
}

/**
 * Reads the file as detected if the person's choices do not fit it, so that they can choose again, and
 * says why.
 */
async function previewFile(
  c: RouteContext,
  services: JobFormServices,
  draft: Draft,
  file: ByteSource,
): Promise<Response> {
  const { type, kind, values, errors } = draft;
  const { userId: personId } = c.var.person;
  const { signal } = c.req.raw;
  const show = (shown: Draft) =>
    services.filePreviewer.preview(
      { type, file, values: shown.values, personId, signal },
      (preview, tryMapping) => renderMappingPage(c, services, shown, { file, preview, tryMapping }),
    );
  try {
    return await show(draft);
  } catch (error) {
    const chosen = plainFields(kind).filter((field) => field.affectsPreview && values[field.name]);
    if (!(error instanceof Refused) || !chosen[0]) throw error;
    const names = new Set(chosen.map(({ name }) => name));
    const detected = Object.entries(values).filter(([name]) => !names.has(name));
    c.status(422);
    return show({
      ...draft,
      values: Object.fromEntries(detected),
      errors: { ...errors, [chosen[0].name]: messageWithAdvice(error) },
      wasReadAgain: true,
    });
  }
}

function messageWithAdvice({ message, advice }: Refused): string {
  return advice ? `${message}. ${advice}` : message;
}

import { plainFields, uploadField } from "../../forms/input-fields.ts";
import { type ByteSource, type FilePreview, type Kind, Refused } from "../../job.ts";
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
  const uploadId = values[upload.name];
  const error = errors?.[upload.name];
  if (!uploadId || error) return renderUploadPage(c, services, draft, error);
  const { backend, storage } = services;
  try {
    const file = await openUpload(backend, storage, c.var.person.accountId, uploadId);
    if (!kind.preview) return renderFormPage(c, services, draft, file);
    const read = await previewFile(kind.preview, file, draft);
    if (read.draft !== draft) c.status(422);
    return renderMappingPage(c, services, read.draft, { file, preview: read.preview });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    c.status(422);
    return renderUploadPage(c, services, draft, messageWithAdvice(error));
  }
}

/**
 * Reads the file as detected if the person's choices do not fit it, so that they can choose again.
 * @returns the draft without those choices and with the reason, or unchanged
 */
async function previewFile(
  preview: NonNullable<Kind["preview"]>,
  file: ByteSource,
  draft: Draft,
): Promise<{ draft: Draft; preview: FilePreview }> {
  const { kind, values, errors } = draft;
  try {
    return { draft, preview: await preview(file, values) };
  } catch (error) {
    const chosen = plainFields(kind).filter((field) => field.affectsPreview && values[field.name]);
    if (!(error instanceof Refused) || !chosen[0]) throw error;
    const names = new Set(chosen.map(({ name }) => name));
    const rest = Object.entries(values).filter(([name]) => !names.has(name));
    const detected = Object.fromEntries(rest);
    return {
      draft: {
        ...draft,
        values: detected,
        errors: { ...errors, [chosen[0].name]: messageWithAdvice(error) },
        wasReadAgain: true,
      },
      preview: await preview(file, detected),
    };
  }
}

function messageWithAdvice({ message, advice }: Refused): string {
  return advice ? `${message}. ${advice}` : message;
}

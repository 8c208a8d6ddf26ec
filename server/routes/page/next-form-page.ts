import { uploadField } from "../../forms/input-fields.ts";
import { Refused } from "../../job.ts";
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
    const preview = await kind.preview?.(file, values);
    if (!preview) return renderFormPage(c, services, draft, file);
    return renderMappingPage(c, services, draft, { file, preview });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    c.status(422);
    const { message, advice } = error;
    return renderUploadPage(c, services, draft, advice ? `${message}. ${advice}` : message);
  }
}

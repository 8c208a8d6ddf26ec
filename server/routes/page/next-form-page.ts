import { uploadField } from "../../forms/input-fields.ts";
import { type ByteSource, Refused } from "../../job.ts";
import { openUpload } from "../../storage/uploads.ts";
import {
  type Draft,
  filePage,
  formPage,
  type JobFormServices,
  mappingPage,
} from "./job-form-pages.ts";
import type { RouteContext } from "./layout.ts";

/**
 * The page that comes next: for the file, then for its columns, or the form of all fields.
 * A file that cannot be used leads back to the first, with what is wrong with it.
 */
export async function nextFormPage(c: RouteContext, services: JobFormServices, draft: Draft) {
  const { kind, typed, errors } = draft;
  const upload = uploadField(kind);
  if (!upload) return formPage(c, services, draft);
  const uploadId = typed[upload.name];
  const wrong = errors?.[upload.name];
  if (!uploadId || wrong) return filePage(c, services, draft, wrong);
  try {
    const file = await opened(c, services, uploadId);
    const preview = await kind.preview?.(file, typed);
    if (!preview) return formPage(c, services, draft, file);
    return mappingPage(c, services, draft, { file, preview });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    c.status(422);
    const { message, advice } = error;
    return filePage(c, services, draft, advice ? `${message}. ${advice}` : message);
  }
}

function opened(
  c: RouteContext,
  { backend, storage }: JobFormServices,
  id: string,
): Promise<ByteSource> {
  return openUpload(backend, storage, c.var.person.accountId, id);
}

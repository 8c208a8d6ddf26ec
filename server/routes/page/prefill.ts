/** "Edit and run again" and "Duplicate": a form that is prefilled from an earlier job. */
import type { Person } from "../../accounts/person.ts";
import type { JobRow } from "../../backend/schema.ts";
import { uploadField } from "../../forms/input-fields.ts";
import {
  type FormValues,
  formValuesOf,
  mergeFormValues,
  uploadIdsOf,
  withoutFileValues,
} from "../../forms/input-values.ts";
import type { Kind } from "../../job.ts";
import type { Services } from "../../services.ts";
import { findUpload } from "../../storage/uploads.ts";
import { findJob } from "../middleware/load-job.ts";

/** @returns undefined if there is no such job of that kind that the person may see */
export async function findPrefillJob(
  services: Pick<Services, "jobs">,
  person: Person,
  type: string,
  id: string | undefined,
): Promise<JobRow | undefined> {
  const job = await findJob(services, person, id, "see");
  return job?.kind === type ? job : undefined;
}

/**
 * Merges the given fields over the input of the job. If its file is gone or replaced, the fields
 * about the file are left out.
 * @returns the fields, and an error for a file that was deleted
 */
export async function prefillFrom(
  { backend }: Pick<Services, "backend">,
  kind: Kind,
  job: JobRow | undefined,
  given: FormValues,
): Promise<{ values: FormValues; errors: Record<string, string> }> {
  if (!job) return { values: given, errors: {} };
  const before = formValuesOf(kind, JSON.parse(job.input));
  const merge = (earlier: FormValues) => mergeFormValues(kind, earlier, given);
  const upload = uploadField(kind);
  const ids = upload ? uploadIdsOf(upload, before) : [];
  if (!upload || ids.length === 0) return { values: merge(before), errors: {} };
  const chosen = uploadIdsOf(upload, given);
  if (chosen.length > 0 || given[upload.name] !== undefined) {
    if (chosen.join() === ids.join()) return { values: merge(before), errors: {} };
    return { values: merge(withoutFileValues(kind, before)), errors: {} };
  }
  const files = await Promise.all(ids.map((id) => findUpload(backend, id)));
  if (files.every((file) => file?.account_id === job.account_id)) {
    return { values: merge(before), errors: {} };
  }
  const error =
    files.length === 1
      ? "The file of that job was deleted. Upload it again."
      : "Files of that job were deleted. Upload them again.";
  return { values: merge(withoutFileValues(kind, before)), errors: { [upload.name]: error } };
}

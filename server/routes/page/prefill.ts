/** "Edit and run again" and "Duplicate": a form that is prefilled from an earlier job. */
import type { Person } from "../../accounts/person.ts";
import type { JobRow } from "../../backend/schema.ts";
import { uploadField } from "../../forms/input-fields.ts";
import { type FormValues, formValuesOf, withoutFileValues } from "../../forms/input-values.ts";
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
  const upload = uploadField(kind);
  const id = upload && before[upload.name];
  if (!id) return { values: { ...before, ...given }, errors: {} };
  if ((given[upload.name] ?? id) !== id) {
    return { values: { ...withoutFileValues(kind, before), ...given }, errors: {} };
  }
  const file = await findUpload(backend, id);
  if (file?.account_id === job.account_id) return { values: { ...before, ...given }, errors: {} };
  return {
    values: { ...withoutFileValues(kind, before), ...given },
    errors: { [upload.name]: "The file of that job was deleted. Upload it again." },
  };
}

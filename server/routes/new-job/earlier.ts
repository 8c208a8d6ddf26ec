/** "Change and run again", "Start another like it": a form that begins with a job of before. */

import { can } from "../../accounts/authorize.ts";
import type { JobRow } from "../../backend/schema.ts";
import { uploadField } from "../../forms/input-fields.ts";
import { type Typed, typedFrom, withoutFile } from "../../forms/input-values.ts";
import type { Kind } from "../../job.ts";
import type { Services } from "../../services.ts";
import { findUpload } from "../../storage/uploads.ts";
import { findJob } from "../job/job-of.ts";
import type { Handled } from "../page/layout.ts";

/** @returns undefined where it is no job of that kind, or none that the person may see */
export async function earlierOf(
  c: Handled,
  { jobs }: Pick<Services, "jobs">,
  type: string,
  id: string | undefined,
): Promise<JobRow | undefined> {
  const job = id ? await findJob(jobs, id) : undefined;
  return job?.kind === type && can(c.var.person, "see", job) ? job : undefined;
}

/**
 * What the job was started with, below what is given. What was said of its file goes with the file.
 * @returns beside it, what cannot be taken over: a file that is gone
 */
export async function beginWith(
  { backend }: Pick<Services, "backend">,
  kind: Kind,
  job: JobRow | undefined,
  given: Typed,
): Promise<{ typed: Typed; errors: Record<string, string> }> {
  if (!job) return { typed: given, errors: {} };
  const before = typedFrom(kind, JSON.parse(job.input));
  const upload = uploadField(kind);
  const id = upload && before[upload.name];
  if (!id) return { typed: { ...before, ...given }, errors: {} };
  if ((given[upload.name] ?? id) !== id) {
    return { typed: { ...withoutFile(kind, before), ...given }, errors: {} };
  }
  const file = await findUpload(backend, id);
  if (file?.account_id === job.account_id) return { typed: { ...before, ...given }, errors: {} };
  return {
    typed: { ...withoutFile(kind, before), ...given },
    errors: { [upload.name]: "The file of that job is no longer kept: upload it again" },
  };
}

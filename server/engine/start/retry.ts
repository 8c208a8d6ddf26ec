import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { ActionRefused } from "../action-refused.ts";
import { isFinal } from "../status.ts";
import type { Started, StartRequest } from "./request.ts";
import { start } from "./start.ts";

/**
 * Starts a new job with the input of one that ended, linked to it. A second call returns the same
 * new job, also that of another person.
 * @throws ActionRefused `not_final`; InvalidInput, for example if an uploaded file was deleted;
 * UnknownKind; LimitReached with `limits`; AlreadyActive with `unlessActive`
 */
export async function retry(
  { backend, catalog }: { backend: Backend; catalog: Catalog },
  job: JobRow,
  userId: string,
  options: Pick<StartRequest, "via" | "unlessActive" | "limits"> = {},
): Promise<Started> {
  if (!isFinal(job.status)) throw new ActionRefused("not_final");
  return start(backend, catalog, {
    kind: job.kind,
    input: JSON.parse(job.input),
    accountId: job.account_id,
    userId,
    idempotencyKey: retryKey(job.id),
    retryOf: job.id,
    sharesKey: true,
    ...options,
  });
}

/** The idempotency key that all retries of a job share. */
export function retryKey(jobId: string): string {
  return `retry:${jobId}`;
}

import type { FileRow, JobRow } from "../../backend/schema.ts";
import { saveUpload } from "../../storage/uploads.ts";
import { findRejectedRows, type RejectedParts, rejectedUploadName } from "./rejected-rows.ts";
import type { Started, StartRequest } from "./request.ts";
import { start } from "./start.ts";

/**
 * Starts a job like one that ended, linked to it, which reads only the rows that the old one
 * rejected. A second call returns the same new job, also that of another person.
 * @throws ActionRefused, UnknownKind, InvalidInput, StorageFull, StorageUnavailable; AlreadyActive
 * with `unlessActive`
 */
export async function retryRejected(
  parts: RejectedParts,
  job: JobRow,
  userId: string,
  options: Pick<StartRequest, "via" | "unlessActive" | "limits"> = {},
): Promise<Started> {
  const { file, inputFor } = await findRejectedRows(parts, job);
  await saveAsUpload(parts, job, file);
  return start(parts.backend, parts.catalog, {
    kind: job.kind,
    input: inputFor(file.id),
    accountId: job.account_id,
    userId,
    idempotencyKey: `retry-rejected:${job.id}`,
    retryOf: job.id,
    sharesKey: true,
    only: "failed",
    ...options,
  });
}

/** The upload gets the id of the file, so that a second call finds it. */
async function saveAsUpload(
  { backend, storage }: RejectedParts,
  job: JobRow,
  file: FileRow,
): Promise<void> {
  const chunks = storage.read(file.storage_key);
  const target = { backend, storage, maxBytes: Number.POSITIVE_INFINITY };
  await saveUpload(target, {
    id: file.id,
    accountId: job.account_id,
    userId: job.user_id,
    name: rejectedUploadName(job, file),
    mediaType: file.media_type,
    chunks,
  });
}

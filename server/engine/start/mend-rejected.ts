import type { JobRow } from "../../backend/schema.ts";
import { formatTable, type RejectedTable } from "../../storage/rejected-table.ts";
import { saveUpload } from "../../storage/uploads.ts";
import { findRejectedRows, type RejectedParts, rejectedUploadName } from "./rejected-rows.ts";
import type { Started, StartRequest } from "./request.ts";
import { start } from "./start.ts";

/**
 * Starts a job like one that ended, linked to it, which reads rows that the old one rejected as a
 * person has mended them.
 * @param table the mended rows
 * @throws as `retryRejected`
 */
export async function mendRejected(
  parts: RejectedParts,
  job: JobRow,
  table: Pick<RejectedTable, "header" | "rows" | "delimiter">,
  request: Pick<StartRequest, "userId" | "via" | "idempotencyKey" | "limits">,
): Promise<Started> {
  const { backend, storage, catalog } = parts;
  const { file, inputFor } = await findRejectedRows(parts, job);
  const target = { backend, storage, maxBytes: Number.POSITIVE_INFINITY };
  const upload = await saveUpload(target, {
    accountId: job.account_id,
    userId: request.userId,
    name: rejectedUploadName(job, file),
    mediaType: "text/csv",
    chunks: bytesOf(formatTable(table)),
  });
  return start(backend, catalog, {
    kind: job.kind,
    input: inputFor(upload.id),
    accountId: job.account_id,
    retryOf: job.id,
    only: "failed",
    ...request,
  });
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

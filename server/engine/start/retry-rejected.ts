import type { Backend } from "../../backend/backend.ts";
import type { FileRow, JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { listAvailableFiles } from "../../storage/job-files.ts";
import type { Storage } from "../../storage/storage.ts";
import { saveUpload } from "../../storage/uploads.ts";
import { ActionRefused } from "../action-refused.ts";
import { isFinal } from "../status.ts";
import { uploadFields } from "./job-uploads.ts";
import { type Started, type StartRequest, UnknownKind } from "./request.ts";
import { start } from "./start.ts";

interface Parts {
  backend: Backend;
  storage: Storage;
  catalog: Catalog;
}

/**
 * Starts a job like one that ended, linked to it, which reads only the rows that the old one
 * rejected. A second call returns the same new job.
 * @throws ActionRefused, UnknownKind, InvalidInput, StorageFull, StorageUnavailable; AlreadyActive
 * with `unlessActive`
 */
export async function retryRejected(
  { backend, storage, catalog }: Parts,
  job: JobRow,
  userId: string,
  options: Pick<StartRequest, "via" | "unlessActive"> = {},
): Promise<Started> {
  if (!isFinal(job.status)) throw new ActionRefused("not_final");
  const kind = catalog.get(job.kind);
  if (!kind) throw new UnknownKind(job.kind);
  const [field] = uploadFields(kind);
  if (!kind.inputForRejected || !field || job.rejected === 0) {
    throw new ActionRefused("no_rejected_rows");
  }
  const files = await listAvailableFiles(backend, [job.id]);
  const file = files.find(({ role }) => role === "rejected");
  if (!file || (await storage.size(file.storage_key)) === undefined) {
    throw new ActionRefused("rejected_file_expired");
  }
  await saveAsUpload({ backend, storage }, job, file);
  const values = await stepValues(backend, job.id);
  const input = kind.inputForRejected(JSON.parse(job.input), (step) => values.get(step));
  return start(backend, catalog, {
    kind: job.kind,
    input: { ...input, [field]: file.id },
    accountId: job.account_id,
    userId,
    idempotencyKey: `retry-rejected:${job.id}`,
    retryOf: job.id,
    only: "failed",
    ...options,
  });
}

/** The upload gets the id of the file, so that a second call finds it. */
async function saveAsUpload(
  { backend, storage }: Omit<Parts, "catalog">,
  job: JobRow,
  file: FileRow,
): Promise<void> {
  const chunks = storage.read(file.storage_key);
  const target = { backend, storage, maxBytes: Number.POSITIVE_INFINITY };
  await saveUpload(target, {
    id: file.id,
    accountId: job.account_id,
    userId: job.user_id,
    name: uploadName(job, file),
    mediaType: file.media_type,
    chunks,
  });
}

/** @returns "people-rejected.csv" for "people.csv", and for "people-rejected.csv" too */
function uploadName({ subject }: JobRow, file: FileRow): string {
  const [, base = file.name, suffix = ""] = /^(.+?)(\.[^.]*)?$/.exec(subject ?? file.name) ?? [];
  return `${base.replace(/-rejected$/, "")}-rejected${suffix}`;
}

async function stepValues({ db }: Backend, jobId: string): Promise<Map<string, unknown>> {
  const steps = await db
    .selectFrom("job_steps")
    .select(["name", "result"])
    .where("job_id", "=", jobId)
    .where("status", "=", "done")
    .execute();
  return new Map(steps.map(({ name, result }) => [name, JSON.parse(result ?? "null")]));
}

import type { Backend } from "../../backend/backend.ts";
import type { FileRow, JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { listAvailableFiles } from "../../storage/job-files.ts";
import type { Storage } from "../../storage/storage.ts";
import { saveUpload } from "../../storage/uploads.ts";
import { formatCount } from "../../text/counts.ts";
import { isFinal } from "../status.ts";
import { uploadFields } from "./job-uploads.ts";
import { type Started, type StartRequest, UnknownKind } from "./request.ts";
import { NotFinal } from "./retry.ts";
import { start } from "./start.ts";

/** The job left no rejected rows that its kind could try again, or no longer; in words for people. */
export class NoRejectedRows extends Error {
  override name = "NoRejectedRows";
}

interface Place {
  backend: Backend;
  storage: Storage;
  catalog: Catalog;
}

/**
 * A new job of the same kind and input that reads the rows which the old one rejected in place of
 * its file, linked to the old one. Clicking twice gives one.
 * @throws NotFinal, NoRejectedRows, UnknownKind, InvalidInput, StorageFull and StorageUnavailable;
 * AlreadyActive where that was asked for
 */
export async function retryRejected(
  { backend, storage, catalog }: Place,
  job: JobRow,
  userId: string,
  how: Pick<StartRequest, "via" | "unlessActive"> = {},
): Promise<Started> {
  if (!isFinal(job.status)) throw new NotFinal("This job is still active");
  const kind = catalog.get(job.kind);
  if (!kind) throw new UnknownKind(`Unknown kind of job: "${job.kind}"`);
  const [field] = uploadFields(kind);
  if (!kind.inputForRejected || !field || job.rejected === 0) {
    throw new NoRejectedRows("This job has no rejected rows to retry");
  }
  const files = await listAvailableFiles(backend, [job.id]);
  const file = files.find(({ role }) => role === "rejected");
  if (!file || (await storage.size(file.storage_key)) === undefined) {
    throw new NoRejectedRows("The file of rejected rows has expired");
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
    ...how,
  });
}

/** Under the file's own id, so that whoever clicks again finds it made. */
async function saveAsUpload(
  { backend, storage }: Omit<Place, "catalog">,
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

/** "people, 188 rejected rows.csv", also where those of the first try are tried once more. */
function uploadName({ subject, rejected }: JobRow, file: FileRow): string {
  const [, base = file.name, ending = ""] = /^(.+?)(\.[^.]*)?$/.exec(subject ?? file.name) ?? [];
  const first = base.replace(/, [\d,]+ rejected rows?$/, "");
  return `${first}, ${formatCount(rejected, "rejected rows")}${ending}`;
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

/** The file of rejected rows that a job wrote, and the input of a job that imports such rows. */
import { extname } from "node:path";
import type { Backend } from "../../backend/backend.ts";
import type { FileRow, JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Kind } from "../../job.ts";
import { findJobFile } from "../../storage/job-files.ts";
import type { Storage } from "../../storage/storage.ts";
import { ActionRefused } from "../action-refused.ts";
import { isFinal } from "../status.ts";
import { uploadFields } from "./job-uploads.ts";
import { UnknownKind } from "./request.ts";

export interface RejectedParts {
  backend: Backend;
  storage: Storage;
  catalog: Catalog;
}

export interface RejectedRows {
  kind: Kind;
  file: FileRow;
  /** Returns the result of a step of the job. */
  stepResult: (step: string) => unknown;
  /** @returns the input of a job that reads the rows from this upload */
  inputFor(uploadId: string): Record<string, unknown>;
}

/** @throws ActionRefused, UnknownKind */
export async function findRejectedRows(
  { backend, storage, catalog }: RejectedParts,
  job: JobRow,
): Promise<RejectedRows> {
  if (!isFinal(job.status)) throw new ActionRefused("not_final");
  const kind = catalog.get(job.kind);
  if (!kind) throw new UnknownKind(job.kind);
  const { inputForRejected } = kind;
  const [field] = uploadFields(kind);
  if (!inputForRejected || !field || job.rejected === 0) {
    throw new ActionRefused("no_rejected_rows");
  }
  const file = await findJobFile(backend, job.id, "rejected");
  if (!file || (await storage.size(file.storage_key)) === undefined) {
    throw new ActionRefused("rejected_file_expired");
  }
  const values = await stepValues(backend, job.id);
  const stepResult = (step: string) => values.get(step);
  return {
    kind,
    file,
    stepResult,
    inputFor: (uploadId) => ({
      ...inputForRejected(JSON.parse(job.input), stepResult),
      [field]: uploadId,
    }),
  };
}

/** @returns "people-rejected.csv" for "people.csv", and for "people-rejected.csv" too */
export function rejectedUploadName({ subject }: JobRow, file: FileRow): string {
  const [, base = file.name] = /^(.+?)(\.[^.]*)?$/.exec(subject ?? file.name) ?? [];
  return `${base.replace(/-rejected$/, "")}-rejected${extname(file.name)}`;
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

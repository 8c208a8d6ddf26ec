/** Who did what with a job, kept for those who may see it. */
import type { Kysely } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { AuditRow, Schema } from "../backend/schema.ts";

/** Where a person or their program did it. */
export type Via = AuditRow["via"];

export interface Deed {
  jobId: string;
  userId: string;
  via: Via;
  action: Exclude<AuditRow["action"], "downloaded">;
  at: number;
  newJobId?: string;
}

const hour = 3_600_000;

/** @param db that of the transaction which does it, so that nothing is told that did not happen */
export async function audit(db: Kysely<Schema>, deed: Deed): Promise<void> {
  const { jobId: job_id, userId: user_id, via, action, at, newJobId: new_job_id = null } = deed;
  await db
    .insertInto("job_audit")
    .values({ job_id, user_id, via, action, at, new_job_id, key: uuidv7(), file_name: null })
    .execute();
}

export interface Download {
  jobId: string;
  userId: string;
  via: Via;
  /** What tells the file from others of the job. */
  fileId: string;
  fileName: string;
}

/** Once an hour for each person and file: a download may come in many parts, and be tried again. */
export async function auditDownload(backend: Backend, download: Download): Promise<void> {
  const { jobId: job_id, userId: user_id, via, fileId, fileName: file_name } = download;
  const at = backend.now();
  const key = `${Math.floor(at / hour)}:${user_id}:${fileId}`;
  await backend.db
    .insertInto("job_audit")
    .values({ job_id, user_id, via, action: "downloaded", at, file_name, new_job_id: null, key })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** @returns the latest first, `most` of them */
export async function readAudit(
  db: Kysely<Schema>,
  jobId: string,
  most: number,
): Promise<AuditRow[]> {
  return db
    .selectFrom("job_audit")
    .selectAll()
    .where("job_id", "=", jobId)
    .orderBy("at", "desc")
    .limit(most)
    .execute();
}

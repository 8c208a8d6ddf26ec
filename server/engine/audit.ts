/** Who did what with a job, kept for those who may see it. */
import type { Kysely } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { AuditAction, AuditSource } from "../backend/enums.ts";
import type { AuditRow, Schema } from "../backend/schema.ts";

/** Where a person or their program did it. */
export type Via = AuditSource;

export interface AuditEntry {
  jobId: string;
  userId: string;
  via: Via;
  action: Exclude<AuditAction, "downloaded">;
  at: number;
  newJobId?: string;
}

const hourMs = 3_600_000;
/** A statement takes so many values at most. */
const maxRowsPerInsert = 500;

/** @param db that of the transaction which does it, so that nothing is told that did not happen */
export async function recordAudit(db: Kysely<Schema>, deed: AuditEntry): Promise<void> {
  const { jobId: job_id, userId: user_id, via, action, at, newJobId: new_job_id = null } = deed;
  await db
    .insertInto("job_audit_entries")
    .values({
      job_id,
      user_id,
      via,
      action,
      created_at: at,
      new_job_id,
      dedup_key: uuidv7(),
      file_name: null,
    })
    .execute();
}

export interface DownloadedFile {
  jobId: string;
  /** What tells the file from others of the job. */
  fileId: string;
  fileName: string;
}

/** Once an hour for each person and file: a download may come in many parts, and be tried again. */
export async function recordDownloads(
  { db, now }: Pick<Backend, "db" | "now">,
  { userId, via }: { userId: string; via: Via },
  files: readonly DownloadedFile[],
): Promise<void> {
  const at = now();
  const rows = files.map(({ jobId, fileId, fileName }) => ({
    ...{ job_id: jobId, user_id: userId, via, action: "downloaded" as const, created_at: at },
    ...{ file_name: fileName, new_job_id: null },
    dedup_key: `${Math.floor(at / hourMs)}:${userId}:${fileId}`,
  }));
  for (let from = 0; from < rows.length; from += maxRowsPerInsert) {
    await db
      .insertInto("job_audit_entries")
      .values(rows.slice(from, from + maxRowsPerInsert))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** @returns the latest first, `most` of them */
export async function listAudit(
  db: Kysely<Schema>,
  jobId: string,
  limit: number,
): Promise<AuditRow[]> {
  return db
    .selectFrom("job_audit_entries")
    .selectAll()
    .where("job_id", "=", jobId)
    .orderBy("created_at", "desc")
    .limit(limit)
    .execute();
}

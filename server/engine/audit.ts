/** The audit log of a job: who did what with it, and when. */
import type { Kysely } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { AuditAction, AuditSource } from "../backend/enums.ts";
import type { AuditRow, Schema } from "../backend/schema.ts";

export interface AuditEntry {
  jobId: string;
  userId: string;
  via: AuditSource;
  action: Exclude<AuditAction, "downloaded">;
  /** Ms since 1970. */
  at: number;
  newJobId?: string;
}

const hourMs = 3_600_000;
/** Both databases limit the number of values in a statement. */
const maxRowsPerInsert = 500;

/** @param db the transaction that does the recorded action, so that both commit together */
export async function recordAudit(db: Kysely<Schema>, entry: AuditEntry): Promise<void> {
  const { jobId: job_id, userId: user_id, via, action, at, newJobId: new_job_id = null } = entry;
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
  fileId: string;
  fileName: string;
}

/**
 * Records one download per hour, person and file, because browsers repeat and split downloads.
 * @returns the number of recorded downloads
 */
export async function recordDownloads(
  { db, now }: Pick<Backend, "db" | "now">,
  { userId, via }: { userId: string; via: AuditSource },
  files: readonly DownloadedFile[],
): Promise<number> {
  const at = now();
  const rows = files.map(({ jobId, fileId, fileName }) => ({
    ...{ job_id: jobId, user_id: userId, via, action: "downloaded" as const, created_at: at },
    ...{ file_name: fileName, new_job_id: null },
    dedup_key: `${Math.floor(at / hourMs)}:${userId}:${fileId}`,
  }));
  let recorded = 0;
  for (let from = 0; from < rows.length; from += maxRowsPerInsert) {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto("job_audit_entries")
      .values(rows.slice(from, from + maxRowsPerInsert))
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    recorded += Number(numInsertedOrUpdatedRows ?? 0);
  }
  return recorded;
}

/** @returns the latest first */
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

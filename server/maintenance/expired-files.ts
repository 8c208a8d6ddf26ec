/** Deletes the files of jobs after their retention, and uploads that are no longer used. */
import type { Backend } from "../backend/backend.ts";
import { deletePartialUpload } from "../storage/delete-partial-upload.ts";
import type { Storage } from "../storage/storage.ts";

interface Stores {
  backend: Backend;
  storage: Storage;
}

const pageSize = 100;

/**
 * Deletes files whose retention is shorter than that of their job. Their rows stay, marked as deleted,
 * so that the page of the job can say so.
 */
export async function deleteExpiredFiles(
  { backend, storage }: Stores,
  signal: AbortSignal,
): Promise<void> {
  const { db } = backend;
  while (!signal.aborted) {
    const now = backend.now();
    const expired = await db
      .selectFrom("files")
      .select(["id", "storage_key"])
      .where("deleted_at", "is", null)
      .where("expires_at", "<=", now)
      .orderBy("expires_at")
      .limit(pageSize)
      .execute();
    if (expired.length === 0) return;
    for (const { storage_key } of expired) await storage.delete(storage_key);
    const ids = expired.map(({ id }) => id);
    await db.updateTable("files").set({ deleted_at: now }).where("id", "in", ids).execute();
  }
}

/** Deletes uploads that were not continued in time. */
export async function deleteExpiredPartialUploads(
  { backend, storage }: Stores,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const expired = await backend.db
      .selectFrom("partial_uploads")
      .selectAll()
      .where("expires_at", "<=", backend.now())
      .orderBy("expires_at")
      .limit(pageSize)
      .execute();
    if (expired.length === 0) return;
    for (const upload of expired) await deletePartialUpload({ backend, storage }, upload);
  }
}

/**
 * Deletes uploads that no active job uses.
 * @param retentionMs time since the upload, and since the end of the last job that used it
 */
export async function deleteUnusedUploads(
  { backend, storage }: Stores,
  retentionMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { db } = backend;
  const before = backend.now() - retentionMs;
  while (!signal.aborted) {
    const unused = await db
      .selectFrom("uploads")
      .select(["id", "storage_key"])
      .where("created_at", "<", before)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("job_uploads")
              .innerJoin("jobs", "jobs.id", "job_uploads.job_id")
              .select("jobs.id")
              .whereRef("job_uploads.upload_id", "=", "uploads.id")
              .where((job) =>
                job.or([job("finished_at", "is", null), job("finished_at", ">=", before)]),
              ),
          ),
        ),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("schedule_uploads")
              .select("schedule_id")
              .whereRef("schedule_uploads.upload_id", "=", "uploads.id"),
          ),
        ),
      )
      .orderBy("id")
      .limit(pageSize)
      .execute();
    if (unused.length === 0) return;
    // A job that is created meanwhile fails and asks for the file to be uploaded again.
    for (const { storage_key } of unused) await storage.delete(storage_key);
    const ids = unused.map(({ id }) => id);
    await db.deleteFrom("uploads").where("id", "in", ids).execute();
  }
}

/** Bytes that nobody can ask for any more: of results after their time, and of uploads not used. */
import type { Backend } from "../backend/backend.ts";
import type { Storage } from "../storage/storage.ts";

interface Place {
  backend: Backend;
  storage: Storage;
}

const pageSize = 100;

/**
 * Of kinds that keep theirs for less than the job itself. Their rows stay with the job and say so;
 * the mark keeps them from being looked at again.
 */
export async function removeExpiredFiles(
  { backend, storage }: Place,
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

/**
 * Uploads that no job was started with, or whose jobs have all ended, for that long.
 * @param keptMs from the upload, or the end of its last job
 */
export async function removeUnusedUploads(
  { backend, storage }: Place,
  keptMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { db } = backend;
  const before = backend.now() - keptMs;
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
      .orderBy("id")
      .limit(pageSize)
      .execute();
    if (unused.length === 0) return;
    // A job that is started in between fails with words, and its file can be uploaded again.
    for (const { storage_key } of unused) await storage.delete(storage_key);
    const ids = unused.map(({ id }) => id);
    await db.deleteFrom("uploads").where("id", "in", ids).execute();
  }
}

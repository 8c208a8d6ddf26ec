/** Saves the files that a job offers for download. A file is listed once it is complete. */
import type { Backend } from "../../backend/backend.ts";
import { type Content, type FileRole, Refused } from "../../job.ts";
import { contentChunks } from "../../storage/content-chunks.ts";
import type { Storage } from "../../storage/storage.ts";
import { countStoredBytes } from "../../storage/stored-bytes.ts";
import { parseDuration } from "../parse-duration.ts";
import { finalStatuses } from "../status.ts";
import { loseLease, type Run, Stopped } from "./run.ts";

export interface NewFile {
  id: string;
  name: string;
  type: string;
  role?: FileRole;
  items?: number;
}

const folderOf = (jobId: string) => `jobs/${jobId}/files/`;

/**
 * Streams the bytes to storage, then inserts the row of the file. Replaces a file of the same role
 * and name from an earlier run. The cleanup of the job deletes bytes without a row, which remain if
 * the process ends in between.
 * @throws Refused if the account's storage is full
 */
export async function saveFile(run: Run, file: NewFile, content: Content): Promise<void> {
  const { storage, row } = run;
  await assertRoomFor(run, file);
  const key = `${folderOf(row.id)}${file.id}`;
  const { size } = await storage.save(key, untilAborted(content, run.abort.signal));
  try {
    for (const replaced of await insertFile(run, file, key, size))
      await tryRemove(storage, replaced);
  } catch (error) {
    // The cleanup may be over if another run took the job. After other errors the row may exist.
    if (error instanceof Stopped && error.reason === "lost") await tryRemove(storage, key);
    throw error;
  }
}

/** Other roles help people out of a job that is done, so they are saved in any case. @throws Refused */
async function assertRoomFor({ backend, row, limits }: Run, file: NewFile): Promise<void> {
  const { maxStoredBytes } = limits;
  if ((file.role ?? "result") !== "result" || !Number.isFinite(maxStoredBytes)) return;
  if ((await countStoredBytes(backend, row.account_id)) < maxStoredBytes) return;
  throw new Refused(
    "Your account's storage is full",
    "Files are deleted after their retention. Settings shows how much is stored.",
  );
}

/**
 * Deletes the stored files of an ended job that have no row.
 * @throws if one cannot be deleted
 */
export async function removeUnlistedFiles(
  { backend, storage }: { backend: Backend; storage: Storage },
  jobId: string,
): Promise<void> {
  const keys = await storage.list(folderOf(jobId));
  if (keys.length === 0) return;
  const rows = await backend.db
    .selectFrom("files")
    .select("storage_key")
    .where("job_id", "=", jobId)
    .execute();
  const listed = new Set(rows.map(({ storage_key }) => storage_key));
  for (const key of keys) if (!listed.has(key)) await storage.delete(key);
}

function tryRemove(storage: Storage, key: string): Promise<void> {
  return storage.delete(key).catch(() => {});
}

/** @returns the storage keys of the files that it replaces */
async function insertFile(run: Run, file: NewFile, key: string, size: number): Promise<string[]> {
  const { backend, row, kind } = run;
  const role = file.role ?? "result";
  const retentionMs = kind.keepFilesFor && parseDuration(kind.keepFilesFor);
  return backend.write(async (tx) => {
    const { numUpdatedRows } = await tx.db
      .updateTable("jobs")
      .set((eb) => ({ version: eb("version", "+", 1) }))
      .where("id", "=", row.id)
      .where("fence", "=", row.fence)
      // Null: a cleanup of the ended job.
      .where("status", "in", run.room === null ? finalStatuses : ["running"])
      .executeTakeFirst();
    if (numUpdatedRows === 0n) loseLease(run);
    const replaced = await tx.db
      .deleteFrom("files")
      .where("job_id", "=", row.id)
      .where("role", "=", role)
      .where("name", "=", file.name)
      .returning("storage_key")
      .execute();
    const at = backend.now();
    await tx.db
      .insertInto("files")
      .values({
        id: file.id,
        job_id: row.id,
        account_id: row.account_id,
        role,
        name: file.name,
        media_type: file.type,
        size,
        items: file.items ?? null,
        storage_key: key,
        created_at: at,
        expires_at: retentionMs === undefined ? null : at + retentionMs,
      })
      .execute();
    tx.notify(row.id);
    return replaced.map(({ storage_key }) => storage_key);
  });
}

async function* untilAborted(content: Content, signal: AbortSignal): AsyncIterable<Uint8Array> {
  for await (const chunk of contentChunks(content)) {
    signal.throwIfAborted();
    yield chunk;
  }
}

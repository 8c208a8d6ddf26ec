/** Uploads that arrive in several requests: each continues where the one before stopped. */
import type { PartialUploadRow } from "../backend/schema.ts";
import { createPartialUpload, type NewResumableUpload } from "./create-partial-upload.ts";
import { deletePartialUpload } from "./delete-partial-upload.ts";
import {
  partialUploadLifetimeMs,
  type ResumableUpload,
  UploadExpired,
  type UploadProgress,
} from "./resumable-upload.ts";
import { KeyNotFound } from "./storage.ts";
import { createUploadHashes } from "./upload-hashes.ts";
import { createUploadWriters, UploadConflict } from "./upload-writers.ts";
import { findUpload, insertUpload, UploadRefused } from "./uploads.ts";

/** One request may take longer than the lifetime. */
const extendAfterMs = 600_000;

export type ResumableUploads = ReturnType<typeof createResumableUploads>;

/** @param target.limits of each account. They hold over all web processes. */
export function createResumableUploads(target: Parameters<typeof createPartialUpload>[0]) {
  const { backend, storage } = target;
  const { db } = backend;
  const { partialFiles } = storage;
  const takeOver = createUploadWriters(backend);
  const hashes = createUploadHashes(storage);

  /** @returns undefined if there is no such upload; callers check its owner */
  async function find(id: string): Promise<ResumableUpload | undefined> {
    const find = db.selectFrom("partial_uploads").selectAll().where("id", "=", id);
    const partial = await find.executeTakeFirst();
    if (partial) return { ...partial, partial };
    const complete = await findUpload(backend, id);
    return complete && { ...complete, partial: null };
  }

  /**
   * Stops a request that still writes, so that the offset stays. Finishes an upload whose last request
   * was killed after its last byte.
   * @throws UploadExpired
   */
  async function progress(upload: ResumableUpload): Promise<UploadProgress> {
    const { partial, size } = upload;
    if (!partial) return { offset: size, expiresAt: null };
    return write(partial, async () => {
      const offset = await storedBytes(partial);
      return offset === size ? finish(partial) : { offset, expiresAt: partial.expires_at };
    });
  }

  /**
   * Writes the bytes behind `offset`. Those that arrive before an error stay.
   * @throws UploadConflict if `offset` is not the size, or another request takes over; UploadRefused for
   *   more bytes than announced; UploadExpired, StorageFull, StorageUnavailable, errors of the source
   */
  async function append(
    { id, partial, size }: ResumableUpload,
    offset: number,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<UploadProgress> {
    if (!partial) {
      if (offset !== size) throw wrongOffset(size);
      return { offset: size, expiresAt: null };
    }
    return write(partial, async (guard) => {
      const stored = await storedBytes(partial);
      if (stored !== offset) throw wrongOffset(stored);
      const hash = hashes.take(id, offset);
      let end = offset;
      let extendedAt = backend.now();
      async function* counted() {
        for await (const chunk of guard(chunks)) {
          if (end + chunk.length > size) throw new UploadRefused(tooLongMessage);
          if (backend.now() - extendedAt > extendAfterMs) {
            await extend(id);
            extendedAt = backend.now();
          }
          end += chunk.length;
          hash?.update(chunk);
          yield chunk;
        }
      }
      try {
        await partialFiles.append(partial.storage_key, partial.storage_handle, offset, counted());
      } finally {
        if (hash) hashes.set(id, hash, end);
        if (end > offset) await extend(id);
      }
      if (end === size) return finish(partial);
      return { offset: end, expiresAt: backend.now() + partialUploadLifetimeMs };
    });
  }

  /** @throws UploadConflict if the upload is complete */
  async function remove({ partial }: ResumableUpload): Promise<void> {
    if (!partial) throw new UploadConflict("The upload is complete");
    await write(partial, () => deletePartialUpload({ backend, storage }, partial));
  }

  /** Runs the work while no other request writes the upload. */
  async function write<T>(
    { id, expires_at }: PartialUploadRow,
    work: (guard: Awaited<ReturnType<typeof takeOver>>["guard"]) => Promise<T>,
  ): Promise<T> {
    if (expires_at <= backend.now()) throw new UploadExpired();
    const writer = await takeOver(id);
    try {
      return await work(writer.guard);
    } finally {
      writer.end();
    }
  }

  /** @throws UploadExpired if the bytes are gone */
  async function storedBytes({ storage_key, storage_handle, size }: PartialUploadRow) {
    const stored = await partialFiles.size(storage_key, storage_handle);
    if (stored !== undefined) return stored;
    // A process may have been killed between completing the file and inserting its row.
    if ((await storage.size(storage_key)) === size) return size;
    throw new UploadExpired();
  }

  /** Repeatable: the same upload may be finished by several processes. */
  async function finish(partial: PartialUploadRow): Promise<UploadProgress> {
    const { storage_handle, writer: _, expires_at: __, ...file } = partial;
    try {
      await partialFiles.complete(file.storage_key, storage_handle);
    } catch (error) {
      throw error instanceof KeyNotFound ? new UploadExpired() : error;
    }
    const sha256 = await hashes.digest(file.id, file.storage_key, file.size);
    const row = { ...file, sha256, created_at: backend.now() };
    await backend.write(async ({ db: tx }) => {
      await insertUpload(tx, row);
      await tx.deleteFrom("partial_uploads").where("id", "=", file.id).execute();
    });
    hashes.delete(file.id);
    return { offset: file.size, expiresAt: null };
  }

  async function extend(id: string): Promise<void> {
    const expires_at = backend.now() + partialUploadLifetimeMs;
    await db.updateTable("partial_uploads").set({ expires_at }).where("id", "=", id).execute();
  }

  return {
    create: (upload: NewResumableUpload) => createPartialUpload(target, upload),
    find,
    progress,
    append,
    delete: remove,
  };
}

const tooLongMessage = "The request has more bytes than the upload announced";

function wrongOffset(stored: number): UploadConflict {
  return new UploadConflict(`The upload continues at byte ${stored}`);
}

/** Uploads that arrive in several requests: each continues where the one before stopped. */
import { createHash, type Hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { v7 as uuidv7 } from "uuid";
import type { WriteTransaction } from "../backend/backend.ts";
import type { PartialUploadRow } from "../backend/schema.ts";
import { LimitReached } from "../limit-reached.ts";
import type { Limits } from "../limits.ts";
import { safeFileName } from "./file-name.ts";
import { KeyNotFound } from "./storage.ts";
import { countStoredBytes } from "./stored-bytes.ts";
import { fullStorageRetrySeconds } from "./upload-meter.ts";
import { createUploadWriters, UploadConflict } from "./upload-writers.ts";
import {
  findUpload,
  insertUpload,
  safeMediaType,
  UploadEmpty,
  UploadRefused,
  type UploadTarget,
  UploadTooLarge,
} from "./uploads.ts";

/** A partial upload, or a complete one with the same id. */
export interface ResumableUpload {
  id: string;
  account_id: string;
  user_id: string;
  name: string;
  media_type: string;
  /** Bytes of the complete file. */
  size: number;
  /** Null once the upload is complete. */
  partial: PartialUploadRow | null;
}

export interface NewResumableUpload {
  accountId: string;
  userId: string;
  /** As the client sent them; sanitised before they are stored. */
  name: string;
  mediaType: string;
  /** Bytes of the complete file. */
  size: number;
}

export interface UploadProgress {
  /** Bytes that are stored. */
  offset: number;
  /** Null for a complete upload. */
  expiresAt: number | null;
}

/** The upload was given up, or its bytes are gone. */
export class UploadExpired extends Error {
  override name = "UploadExpired";
}

/** Time since the last byte. */
export const partialUploadLifetimeMs = 24 * 3_600_000;
/** People continue or give up an upload when they like. */
const unfinishedRetrySeconds = 60;
/** One request may take longer than the lifetime. */
const extendAfterMs = 600_000;

type UploadLimits = Pick<Limits, "maxStoredBytes" | "maxUnfinishedUploads">;

export type ResumableUploads = ReturnType<typeof createResumableUploads>;

/** @param target.limits of each account. They hold over all web processes. */
export function createResumableUploads({
  backend,
  storage,
  maxBytes,
  limits,
}: UploadTarget & { limits: UploadLimits }) {
  const { db } = backend;
  const { partialFiles } = storage;
  const takeOver = createUploadWriters(backend);
  /** Saves reading an upload again whose bytes all passed through this process. */
  const hashes = new LRUCache<string, { hash: Hash; size: number }>({ max: 1_000 });

  /** @throws UploadTooLarge, UploadEmpty, LimitReached, StorageFull, StorageUnavailable */
  async function create(upload: NewResumableUpload): Promise<ResumableUpload> {
    if (upload.size > maxBytes) throw new UploadTooLarge(maxBytes);
    if (upload.size === 0) throw new UploadEmpty();
    const id = uuidv7();
    const key = `uploads/${id}`;
    const now = backend.now();
    const row: PartialUploadRow = {
      id,
      account_id: upload.accountId,
      user_id: upload.userId,
      name: safeFileName(upload.name),
      media_type: safeMediaType(upload.mediaType),
      size: upload.size,
      storage_key: key,
      storage_handle: await partialFiles.create(key),
      writer: null,
      created_at: now,
      expires_at: now + partialUploadLifetimeMs,
    };
    try {
      await backend.write(async (tx) => {
        // Of two concurrent requests the second counts the upload of the first.
        await tx.lock(`uploads:${row.account_id}`);
        await assertWithinLimits(tx, row, limits);
        await tx.db.insertInto("partial_uploads").values(row).execute();
      });
    } catch (error) {
      await partialFiles.delete(key, row.storage_handle);
      throw error;
    }
    return { ...row, partial: row };
  }

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
      const hash = offset === 0 ? createHash("sha256") : knownHash(id, offset);
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
      hashes.delete(id);
      try {
        await partialFiles.append(partial.storage_key, partial.storage_handle, offset, counted());
      } finally {
        if (hash) hashes.set(id, { hash, size: end });
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
    if (expires_at <= backend.now()) throw new UploadExpired(expiredMessage);
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
    throw new UploadExpired(expiredMessage);
  }

  function knownHash(id: string, size: number): Hash | undefined {
    const known = hashes.get(id);
    return known?.size === size ? known.hash : undefined;
  }

  /** Repeatable: the same upload may be finished by several processes. */
  async function finish(partial: PartialUploadRow): Promise<UploadProgress> {
    const { storage_handle, writer: _, expires_at: __, ...file } = partial;
    try {
      await partialFiles.complete(file.storage_key, storage_handle);
    } catch (error) {
      throw error instanceof KeyNotFound ? new UploadExpired(expiredMessage) : error;
    }
    const hash = knownHash(file.id, file.size) ?? (await readHash(file.storage_key));
    const row = { ...file, sha256: hash.copy().digest("hex"), created_at: backend.now() };
    await backend.write(async ({ db: tx }) => {
      await insertUpload(tx, row);
      await tx.deleteFrom("partial_uploads").where("id", "=", file.id).execute();
    });
    hashes.delete(file.id);
    return { offset: file.size, expiresAt: null };
  }

  async function readHash(key: string): Promise<Hash> {
    const hash = createHash("sha256");
    for await (const chunk of storage.read(key)) hash.update(chunk);
    return hash;
  }

  async function extend(id: string): Promise<void> {
    const expires_at = backend.now() + partialUploadLifetimeMs;
    await db.updateTable("partial_uploads").set({ expires_at }).where("id", "=", id).execute();
  }

  return { create, find, progress, append, delete: remove };
}

/** Unfinished uploads count at their full size. @throws LimitReached */
async function assertWithinLimits(
  { db }: Pick<WriteTransaction, "db">,
  { account_id, size }: PartialUploadRow,
  { maxStoredBytes, maxUnfinishedUploads }: UploadLimits,
): Promise<void> {
  const { unfinished } = await db
    .selectFrom("partial_uploads")
    .select((eb) => eb.fn.countAll<number>().as("unfinished"))
    .where("account_id", "=", account_id)
    .executeTakeFirstOrThrow();
  if (unfinished >= maxUnfinishedUploads) {
    throw new LimitReached("maxUnfinishedUploads", maxUnfinishedUploads, unfinishedRetrySeconds);
  }
  if (!Number.isFinite(maxStoredBytes)) return;
  if ((await countStoredBytes({ db }, account_id)) + size > maxStoredBytes) {
    throw new LimitReached("maxStoredBytes", maxStoredBytes, fullStorageRetrySeconds);
  }
}

/** Deletes the bytes before the row that names them, so that it can be repeated. */
export async function deletePartialUpload(
  { backend, storage }: Pick<UploadTarget, "backend" | "storage">,
  { id, storage_key, storage_handle }: PartialUploadRow,
): Promise<void> {
  await storage.partialFiles.delete(storage_key, storage_handle);
  await backend.db.deleteFrom("partial_uploads").where("id", "=", id).execute();
}

const expiredMessage = "The upload has expired. Upload the file again";
const tooLongMessage = "The request has more bytes than the upload announced";

function wrongOffset(stored: number): UploadConflict {
  return new UploadConflict(`The upload continues at byte ${stored}`);
}

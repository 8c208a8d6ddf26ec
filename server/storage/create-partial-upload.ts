import { v7 as uuidv7 } from "uuid";
import type { WriteTransaction } from "../backend/backend.ts";
import type { PartialUploadRow } from "../backend/schema.ts";
import { LimitReached } from "../limit-reached.ts";
import type { Limits } from "../limits.ts";
import { safeFileName } from "./file-name.ts";
import { partialUploadLifetimeMs, type ResumableUpload } from "./resumable-upload.ts";
import { assertRoomFor, lockUploads } from "./storage-limit.ts";
import { safeMediaType, UploadEmpty, type UploadTarget, UploadTooLarge } from "./uploads.ts";

export interface NewResumableUpload {
  accountId: string;
  userId: string;
  /** As the client sent them; sanitised before they are stored. */
  name: string;
  mediaType: string;
  /** Bytes of the complete file. */
  size: number;
}

/** People continue or give up an upload when they like. */
const unfinishedRetrySeconds = 60;

/**
 * @param target.limits of the account. They hold over all web processes.
 * @throws UploadTooLarge, UploadEmpty, LimitReached, StorageFull, StorageUnavailable
 */
export async function createPartialUpload(
  {
    backend,
    storage,
    maxBytes,
    limits,
  }: UploadTarget & { limits: Pick<Limits, "maxStoredBytes" | "maxUnfinishedUploads"> },
  upload: NewResumableUpload,
): Promise<ResumableUpload> {
  const { partialFiles } = storage;
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
      const { account_id, size } = row;
      await lockUploads(tx, account_id);
      await assertFewUnfinished(tx, account_id, limits.maxUnfinishedUploads);
      // Unfinished uploads count at their full size.
      await assertRoomFor(tx, account_id, size, limits.maxStoredBytes);
      await tx.db.insertInto("partial_uploads").values(row).execute();
    });
  } catch (error) {
    await partialFiles.delete(key, row.storage_handle);
    throw error;
  }
  return { ...row, partial: row };
}

/** @throws LimitReached */
async function assertFewUnfinished(
  { db }: Pick<WriteTransaction, "db">,
  accountId: string,
  max: number,
): Promise<void> {
  const { unfinished } = await db
    .selectFrom("partial_uploads")
    .select((eb) => eb.fn.countAll<number>().as("unfinished"))
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  if (unfinished >= max) {
    throw new LimitReached("maxUnfinishedUploads", max, unfinishedRetrySeconds);
  }
}

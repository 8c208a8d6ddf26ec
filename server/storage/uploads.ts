/** Uploaded files: bytes in the storage and a row in the database. */
import { createHash, type Hash } from "node:crypto";
import type { Selectable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { UploadsTable } from "../backend/schema.ts";
import { type ByteSource, Refused } from "../job.ts";
import { safeFileName } from "./file-name.ts";
import type { Storage } from "./storage.ts";
import { assertRoomFor, lockUploads } from "./storage-limit.ts";

export type UploadRow = Selectable<UploadsTable>;

export interface NewUpload {
  /** Makes a repeated save of the same file idempotent. Default: a new id. */
  id?: string;
  accountId: string;
  userId: string;
  /** As the client sent it; sanitised before it is stored. */
  name: string;
  /** As the client sent it: "text/csv; charset=utf-8". */
  mediaType: string;
  chunks: AsyncIterable<Uint8Array>;
}

/** All uploads of an account, or those among them that one person may read. */
export interface UploadOwner {
  accountId: string;
  /** A person who sees no jobs of others: reads their own uploads, and those of their own jobs. */
  userId?: string;
}

export interface UploadTarget {
  backend: Backend;
  storage: Storage;
  /** Of one upload. */
  maxBytes: number;
  /** Of all files of the account, over all web processes. Default: no limit. */
  maxStoredBytes?: number;
}

/** Nothing of the upload was stored. The message is a sentence for the user. */
export class UploadRefused extends Error {
  override name = "UploadRefused";
}

export class UploadTooLarge extends UploadRefused {
  override name = "UploadTooLarge";
  constructor(maxBytes: number) {
    super(`The file is larger than ${(maxBytes / 1_000_000).toLocaleString("en")} MB`);
  }
}

export class UploadEmpty extends UploadRefused {
  override name = "UploadEmpty";
  constructor() {
    super("The file is empty");
  }
}

/**
 * Streams the bytes to the storage, then inserts the row.
 * @throws UploadTooLarge, UploadEmpty, LimitReached with `maxStoredBytes`, StorageFull, and errors of the
 *   source; then nothing is stored
 */
export async function saveUpload(target: UploadTarget, upload: NewUpload): Promise<UploadRow> {
  const { backend, storage, maxBytes: limit, maxStoredBytes = Number.POSITIVE_INFINITY } = target;
  const id = upload.id ?? uuidv7();
  const key = `uploads/${id}`;
  const hash = createHash("sha256");
  const { size } = await storage.save(key, updateHash(hash, limitSize(limit, upload.chunks)));
  const row: UploadRow = {
    id,
    account_id: upload.accountId,
    user_id: upload.userId,
    name: safeFileName(upload.name),
    media_type: safeMediaType(upload.mediaType),
    size,
    storage_key: key,
    sha256: hash.digest("hex"),
    created_at: backend.now(),
  };
  try {
    await backend.write(async (tx) => {
      await lockUploads(tx, row.account_id);
      await assertRoomFor(tx, row.account_id, size, maxStoredBytes);
      await insertUpload(tx.db, row);
    });
  } catch (error) {
    if (!upload.id) await storage.delete(key);
    throw error;
  }
  return row;
}

/** Does nothing if the upload has a row already. */
export async function insertUpload(db: Backend["db"], row: UploadRow): Promise<void> {
  const insert = db.insertInto("uploads").values(row);
  await insert.onConflict((conflict) => conflict.column("id").doNothing()).execute();
}

/** @returns undefined if there is no such upload; callers check its owner */
export function findUpload(
  { db }: Pick<Backend, "db">,
  id: string,
): Promise<UploadRow | undefined> {
  return db.selectFrom("uploads").selectAll().where("id", "=", id).executeTakeFirst();
}

/** A query for one upload, which finds nothing if it is not the owner's. */
export function selectUpload(
  { db }: Pick<Backend, "db">,
  { accountId, userId }: UploadOwner,
  id: string,
) {
  const ofAccount = db
    .selectFrom("uploads")
    .where("uploads.id", "=", id)
    .where("uploads.account_id", "=", accountId);
  if (userId === undefined) return ofAccount;
  return ofAccount.where(({ eb, or, exists, selectFrom }) =>
    or([
      eb("uploads.user_id", "=", userId),
      exists(
        selectFrom("job_uploads")
          .innerJoin("jobs", "jobs.id", "job_uploads.job_id")
          .select("jobs.id")
          .whereRef("job_uploads.upload_id", "=", "uploads.id")
          .where("jobs.user_id", "=", userId),
      ),
    ]),
  );
}

/**
 * @throws Refused if the owner has no such upload, or its bytes are gone
 */
export async function openUpload(
  backend: Pick<Backend, "db">,
  storage: Storage,
  owner: UploadOwner,
  uploadId: string,
): Promise<ByteSource> {
  const row = await selectUpload(backend, owner, uploadId)
    .select(["name", "storage_key"])
    .executeTakeFirst();
  const size = row && (await storage.size(row.storage_key));
  if (!row || size === undefined) {
    throw new Refused("The uploaded file no longer exists", "Upload the file again.");
  }
  return { name: row.name, size, read: (from = 0) => storage.read(row.storage_key, { from }) };
}

/** @throws UploadTooLarge at the first byte over the limit, UploadEmpty at the end */
async function* limitSize(maxBytes: number, chunks: AsyncIterable<Uint8Array>) {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw new UploadTooLarge(maxBytes);
    yield chunk;
  }
  if (size === 0) throw new UploadEmpty();
}

/** Hashes the chunks as they pass, so that the file is not read twice. */
async function* updateHash(hash: Hash, chunks: AsyncIterable<Uint8Array>) {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** @returns "text/csv" without parameters; `application/octet-stream` for a malformed type */
export function safeMediaType(given: string): string {
  const type = given.split(";")[0]!.trim().toLowerCase();
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : "application/octet-stream";
}

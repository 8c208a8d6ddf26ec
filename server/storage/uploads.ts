/** Files that people and programs bring: bytes in the storage, a row that says what they are. */
import { createHash, type Hash } from "node:crypto";
import type { Selectable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";
import type { UploadsTable } from "../backend/schema.ts";
import { type ByteSource, Refused } from "../job.ts";
import { safeFileName } from "./file-name.ts";
import type { Storage } from "./storage.ts";

export type UploadRow = Selectable<UploadsTable>;

export interface NewUpload {
  /** Given where the same file may be kept again, and is then the one that it was. Default a new one. */
  id?: string;
  accountId: string;
  userId: string;
  /** As it came; made safe here. */
  name: string;
  /** As it came: "text/csv; charset=utf-8". */
  mediaType: string;
  chunks: AsyncIterable<Uint8Array>;
}

export interface UploadPlace {
  backend: Backend;
  storage: Storage;
  /** Largest upload, bytes. */
  limit: number;
}

/** Nothing of the upload was kept; the message is a sentence for the person. */
export class UploadRefused extends Error {
  override name = "UploadRefused";
}

export class UploadTooLarge extends UploadRefused {
  override name = "UploadTooLarge";
  /** @param limit bytes */
  constructor(limit: number) {
    super(`The file is larger than ${(limit / 1_000_000).toLocaleString("en")} MB`);
  }
}

export class UploadEmpty extends UploadRefused {
  override name = "UploadEmpty";
  constructor() {
    super("The file is empty");
  }
}

/**
 * Streams the bytes to storage, then lists them.
 * @throws UploadTooLarge, UploadEmpty, StorageFull, and what the source throws; nothing is left then
 */
export async function keepUpload(place: UploadPlace, upload: NewUpload): Promise<UploadRow> {
  const { backend, storage, limit } = place;
  const id = upload.id ?? uuidv7();
  const key = `uploads/${id}`;
  const hash = createHash("sha256");
  const { size } = await storage.write(key, hashed(hash, within(limit, upload.chunks)));
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
    const insert = backend.db.insertInto("uploads").values(row);
    await insert.onConflict((conflict) => conflict.column("id").doNothing()).execute();
  } catch (error) {
    if (!upload.id) await storage.remove(key);
    throw error;
  }
  return row;
}

/** @returns undefined where there is no such upload; callers check whose it is */
export function findUpload(
  { db }: Pick<Backend, "db">,
  id: string,
): Promise<UploadRow | undefined> {
  return db.selectFrom("uploads").selectAll().where("id", "=", id).executeTakeFirst();
}

/**
 * @throws Refused where the account has no such upload, or its bytes are gone
 */
export async function openUpload(
  { db }: Pick<Backend, "db">,
  storage: Storage,
  accountId: string,
  uploadId: string,
): Promise<ByteSource> {
  const row = await db
    .selectFrom("uploads")
    .select(["name", "storage_key"])
    .where("id", "=", uploadId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  const size = row && (await storage.size(row.storage_key));
  if (!row || size === undefined) {
    throw new Refused("The uploaded file is no longer there", "Upload the file again.");
  }
  return { name: row.name, size, read: (from = 0) => storage.read(row.storage_key, { from }) };
}

/** @throws UploadTooLarge as soon as it is, UploadEmpty at the end: before anything is kept. */
async function* within(limit: number, chunks: AsyncIterable<Uint8Array>) {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw new UploadTooLarge(limit);
    yield chunk;
  }
  if (size === 0) throw new UploadEmpty();
}

/** While they pass, so that nobody has to read the file again for it. */
async function* hashed(hash: Hash, chunks: AsyncIterable<Uint8Array>) {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** "text/csv", without parameters; what is no media type is just bytes. */
function safeMediaType(given: string): string {
  const type = given.split(";")[0]!.trim().toLowerCase();
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(type) ? type : "application/octet-stream";
}

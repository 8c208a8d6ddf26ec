import type { WriteTransaction } from "../backend/backend.ts";
import { LimitReached } from "../limit-reached.ts";
import { countStoredBytes } from "./stored-bytes.ts";

/** Files are deleted by maintenance tasks, which run every hour. */
const retrySeconds = 3_600;

/** @param maxStoredBytes of an account */
export function storageLimitReached(maxStoredBytes: number): LimitReached {
  return new LimitReached("maxStoredBytes", maxStoredBytes, retrySeconds);
}

/**
 * Call it before each insert of an upload: until the transaction ends, uploads of the account at all web
 * processes wait, so that of two concurrent ones the second counts the first.
 */
export async function lockUploads(
  tx: Pick<WriteTransaction, "lock">,
  accountId: string,
): Promise<void> {
  await tx.lock(`uploads:${accountId}`);
}

/**
 * Call it behind `lockUploads`.
 * @throws LimitReached if the account has no room for `size` more bytes
 */
export async function assertRoomFor(
  { db }: Pick<WriteTransaction, "db">,
  accountId: string,
  size: number,
  maxStoredBytes: number,
): Promise<void> {
  if (!Number.isFinite(maxStoredBytes)) return;
  if ((await countStoredBytes({ db }, accountId)) + size <= maxStoredBytes) return;
  throw storageLimitReached(maxStoredBytes);
}

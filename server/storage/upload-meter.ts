/**
 * Limits the uploads that an account sends at the same time, and ends those for which it has no room
 * before all of their bytes arrive. Counted in one process, because an upload costs the connections, the
 * memory and the time of its process alone. The bytes that are stored are limited over all processes,
 * when an upload is complete (`saveUpload`).
 */
import type { Backend } from "../backend/backend.ts";
import { LimitReached } from "../limit-reached.ts";
import type { Limits } from "../limits.ts";
import { storageLimitReached } from "./storage-limit.ts";
import { countStoredBytes } from "./stored-bytes.ts";

export interface UploadMeter {
  /**
   * Counts an upload until its `end`.
   * @param size of the upload if it is known, bytes
   * @throws LimitReached if the account sends too many, or does not have that much room
   */
  begin(accountId: string, size?: number): Promise<MeteredUpload>;
  /**
   * Counts an upload whose bytes were reserved before.
   * @returns a function that ends it
   * @throws LimitReached if the account sends too many
   */
  beginReserved(accountId: string): () => void;
}

export interface MeteredUpload {
  /** Passes the chunks on. @throws LimitReached at the first byte for which the account has no room */
  measure(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
  /** @param isStored whether the bytes are now in the database */
  end(isStored: boolean): void;
}

/** An upload ends sooner or later; nobody knows when. */
const parallelRetrySeconds = 5;

/** The uploads of an account while at least one arrives. */
interface Arriving {
  uploads: number;
  /** Bytes that the account stored when the first of them was measured. */
  storedBefore?: Promise<number>;
  /** Bytes that arrived since, without those of failed uploads. */
  bytes: number;
}

export function createUploadMeter(
  backend: Pick<Backend, "db">,
  { maxParallelUploads, maxStoredBytes }: Pick<Limits, "maxParallelUploads" | "maxStoredBytes">,
): UploadMeter {
  const byAccount = new Map<string, Arriving>();
  const isLimited = Number.isFinite(maxStoredBytes);

  function add(accountId: string): Arriving {
    const arriving = byAccount.get(accountId) ?? { uploads: 0, bytes: 0 };
    if (arriving.uploads >= maxParallelUploads) {
      throw new LimitReached("maxParallelUploads", maxParallelUploads, parallelRetrySeconds);
    }
    arriving.uploads++;
    byAccount.set(accountId, arriving);
    return arriving;
  }

  function remove(accountId: string, arriving: Arriving): void {
    if (--arriving.uploads === 0) byAccount.delete(accountId);
  }

  function assertRoom(arriving: Arriving, stored: number, bytes: number): void {
    if (stored + arriving.bytes + bytes <= maxStoredBytes) return;
    throw storageLimitReached(maxStoredBytes);
  }

  return {
    async begin(accountId, size = 1) {
      const arriving = add(accountId);
      try {
        arriving.storedBefore ??= isLimited
          ? countStoredBytes(backend, accountId)
          : Promise.resolve(0);
        const stored = await arriving.storedBefore;
        assertRoom(arriving, stored, size);
        let own = 0;
        return {
          async *measure(chunks) {
            for await (const chunk of chunks) {
              assertRoom(arriving, stored, chunk.length);
              own += chunk.length;
              arriving.bytes += chunk.length;
              yield chunk;
            }
          },
          end(isStored) {
            if (!isStored) arriving.bytes -= own;
            remove(accountId, arriving);
          },
        };
      } catch (error) {
        remove(accountId, arriving);
        throw error;
      }
    },
    beginReserved(accountId) {
      const arriving = add(accountId);
      return () => remove(accountId, arriving);
    },
  };
}

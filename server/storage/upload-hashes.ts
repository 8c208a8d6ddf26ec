/** SHA-256 of uploads that arrive in pieces. */
import { createHash, type Hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Storage } from "./storage.ts";

export interface UploadHashes {
  /**
   * Hashes what is written behind `size` bytes, until `set`.
   * @returns undefined if not all of these bytes passed through this process
   */
  take(id: string, size: number): Hash | undefined;
  /** @param hash of the first `size` bytes */
  set(id: string, hash: Hash, size: number): void;
  /** @returns the hash of the complete file, hex, which is read again if necessary */
  digest(id: string, storageKey: string, size: number): Promise<string>;
  delete(id: string): void;
}

const maxHashes = 1_000;

/** Saves reading an upload again whose bytes all passed through this process. */
export function createUploadHashes(storage: Pick<Storage, "read">): UploadHashes {
  const hashes = new LRUCache<string, { hash: Hash; size: number }>({ max: maxHashes });

  function find(id: string, size: number): Hash | undefined {
    const known = hashes.get(id);
    return known?.size === size ? known.hash : undefined;
  }

  async function readHash(key: string): Promise<Hash> {
    const hash = createHash("sha256");
    for await (const chunk of storage.read(key)) hash.update(chunk);
    return hash;
  }

  return {
    take(id, size) {
      const hash = size === 0 ? createHash("sha256") : find(id, size);
      hashes.delete(id);
      return hash;
    },
    set: (id, hash, size) => void hashes.set(id, { hash, size }),
    async digest(id, storageKey, size) {
      const hash = find(id, size) ?? (await readHash(storageKey));
      return hash.copy().digest("hex");
    },
    delete: (id) => void hashes.delete(id),
  };
}

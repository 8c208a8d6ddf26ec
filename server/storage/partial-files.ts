/** Files that are written in several pieces, over hours and by several processes. */
import type { Chunks } from "./storage.ts";

/**
 * A key names the file once it is complete; until then nothing can be read under it. The handle, which
 * `create` returns, names the bytes that have arrived.
 */
export interface PartialFiles {
  create(key: string): Promise<string>;
  /** Bytes that survive the end of this process; undefined if the file is complete or was deleted. */
  size(key: string, handle: string): Promise<number | undefined>;
  /**
   * Writes behind the first `at` bytes, which must be the size. If the source throws, the bytes that it
   * gave stay, and the error is thrown again once they are safe. Bytes in memory are lost with the
   * process: on a disk up to 256 kB, in a bucket up to 10 MB.
   *
   * A second writer does no harm if both write the same bytes at the same place.
   * @returns the new size
   * @throws KeyNotFound, StorageFull, StorageUnavailable, and errors of the source
   */
  append(key: string, handle: string, at: number, chunks: Chunks): Promise<number>;
  /**
   * Makes the bytes the file under the key, atomically. Does nothing if that has happened before.
   * @throws KeyNotFound if the bytes were deleted
   */
  complete(key: string, handle: string): Promise<void>;
  /** Does nothing for a file that is complete or deleted. */
  delete(key: string, handle: string): Promise<void>;
}

/**
 * Ends where its source throws, so that a writer keeps the bytes before the error. `rethrow` throws the
 * error afterwards.
 */
export class InterruptibleSource {
  readonly #chunks: Chunks;
  #failure: { error: unknown } | undefined;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#chunks;
    } catch (error) {
      this.#failure = { error };
    }
  }

  rethrow(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

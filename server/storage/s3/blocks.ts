import type { Chunks } from "../storage.ts";

const blockSize = 256 * 1024;

/**
 * Copies the chunks of a source into blocks of equal size. The uploader keeps several, and a chunk is
 * valid only until the next one; and a chunk may be as small as one row of a CSV file.
 */
export class Blocks {
  /** Bytes read so far. */
  size = 0;
  /** The error that the source threw, wrapped because it may be undefined. */
  failure: { error: unknown } | undefined;
  readonly #chunks: Chunks;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let block = Buffer.allocUnsafeSlow(blockSize);
    let filled = 0;
    try {
      for await (const chunk of this.#chunks) {
        this.size += chunk.length;
        for (let at = 0; at < chunk.length; ) {
          const part = chunk.subarray(at, at + blockSize - filled);
          block.set(part, filled);
          at += part.length;
          filled += part.length;
          if (filled < blockSize) continue;
          yield block;
          block = Buffer.allocUnsafeSlow(blockSize);
          filled = 0;
        }
      }
    } catch (error) {
      this.failure = { error };
      throw error;
    }
    if (filled > 0) yield block.subarray(0, filled);
  }
}

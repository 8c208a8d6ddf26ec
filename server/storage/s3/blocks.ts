import type { Chunks } from "../storage.ts";

const blockSize = 256 * 1024;

/**
 * A source in blocks that may be held, for its own chunks belong to the reader only until the next;
 * and large, for a row of a CSV at a time would cost a block's work each.
 */
export class Blocks {
  /** Bytes so far. */
  size = 0;
  /** What the source threw. */
  failure: { error: unknown } | undefined;
  readonly #chunks: Chunks;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let block = Buffer.allocUnsafeSlow(blockSize);
    let held = 0;
    try {
      for await (const chunk of this.#chunks) {
        this.size += chunk.length;
        for (let at = 0; at < chunk.length; ) {
          const taken = chunk.subarray(at, at + blockSize - held);
          block.set(taken, held);
          at += taken.length;
          held += taken.length;
          if (held < blockSize) continue;
          yield block;
          block = Buffer.allocUnsafeSlow(blockSize);
          held = 0;
        }
      }
    } catch (error) {
      this.failure = { error };
      throw error;
    }
    if (held > 0) yield block.subarray(0, held);
  }
}

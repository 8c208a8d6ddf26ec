import type { Chunks } from "./storage.ts";

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

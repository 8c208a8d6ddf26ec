/** Measures how fast an upload is, over the last seconds. */

const windowMs = 5_000;
/** A shorter measurement says little. */
const minMs = 1_000;

export class TransferRate {
  /** @type {{ at: number, bytes: number }[]} oldest first */
  #samples = [];

  /** Forgets what was measured, after a pause. */
  reset() {
    this.#samples = [];
  }

  /** @param {number} bytes that were sent until now @param {number} now ms */
  add(bytes, now) {
    this.#samples.push({ at: now, bytes });
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= windowMs) {
      this.#samples.shift();
    }
  }

  /** @returns bytes per second, or null while that is unknown */
  get bytesPerSecond() {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < minMs) return null;
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1_000;
  }
}

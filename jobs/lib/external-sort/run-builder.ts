/** Collects the rows of one run, sorts them and writes them. */
import type { Scratch } from "../../../server/job.ts";
import type { RunRow } from "./run-row.ts";
import { sortPlaces } from "./sort-places.ts";

/** A merge of n runs holds n blocks in memory. */
export const rowsPerBlock = 64;
const chunkSize = 1_000_000;
const firstCapacity = 1_000_000;

const [OPEN, COMMA, CLOSE, LINE_FEED] = Buffer.from("[,]\n") as unknown as number[];

/**
 * Rows wait as JSON in a buffer: the garbage collector would copy a hundred thousand small arrays and
 * texts again and again, which took longer than reading them.
 */
export class RunBuilder {
  #json = Buffer.allocUnsafeSlow(firstCapacity);
  /** The end of each row in `#json`. */
  #ends: number[] = [];
  #keys: string[] = [];
  #orders: number[] = [];

  get rows(): number {
    return this.#keys.length;
  }

  /** The size of the rows, bytes. */
  get size(): number {
    return this.#ends.at(-1) ?? 0;
  }

  add(row: RunRow): void {
    const json = JSON.stringify(row);
    const from = this.size;
    // A unit of UTF-16 takes up to three bytes.
    this.#reserve(from + json.length * 3);
    this.#ends.push(from + this.#json.write(json, from));
    this.#keys.push(row[0]);
    this.#orders.push(row[1]);
  }

  /** Writes the rows as one run, and is empty afterwards. */
  async write(scratch: Pick<Scratch, "write">, name: string): Promise<void> {
    await scratch.write(name, this.#chunks(sortPlaces(this.#keys, this.#orders)));
    this.#ends = [];
    this.#keys = [];
    this.#orders = [];
  }

  *#chunks(places: Uint32Array): Generator<Uint8Array> {
    for (let at = 0; at < places.length; ) {
      let needed = 0;
      const first = at;
      // Whole blocks only.
      while (at < places.length && (needed < chunkSize || (at - first) % rowsPerBlock > 0))
        needed += this.#lengthOf(places[at++]!) + 2;
      yield this.#blocks(places.subarray(first, at), needed + 1);
    }
  }

  #blocks(places: Uint32Array, size: number): Uint8Array {
    const chunk = Buffer.allocUnsafe(size + places.length);
    let to = 0;
    for (let at = 0; at < places.length; at++) {
      chunk[to++] = at % rowsPerBlock === 0 ? OPEN! : COMMA!;
      const place = places[at]!;
      to += this.#json.copy(chunk, to, this.#start(place), this.#ends[place]);
      if (at % rowsPerBlock < rowsPerBlock - 1 && at < places.length - 1) continue;
      chunk[to++] = CLOSE!;
      chunk[to++] = LINE_FEED!;
    }
    return chunk.subarray(0, to);
  }

  #start(place: number): number {
    return place === 0 ? 0 : this.#ends[place - 1]!;
  }

  #lengthOf(place: number): number {
    return this.#ends[place]! - this.#start(place);
  }

  #reserve(size: number): void {
    if (size <= this.#json.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(size, this.#json.length * 2));
    this.#json.copy(larger, 0, 0, this.size);
    this.#json = larger;
  }
}

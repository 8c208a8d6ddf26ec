/** Reads one sorted run, block by block. */
import { compareBytes, needsByteOrder } from "./byte-order.ts";
import type { RunPosition, RunRow } from "./run-row.ts";

const LINE_FEED = 10;

export class RunCursor<Row extends RunRow> {
  /** The next row; undefined at the end of a block until `loadBlock`, and at the end of the run. */
  row: Row | undefined;
  /** True once a key has units that only `compareBytes` sorts correctly. */
  needsByteOrder = false;

  readonly #chunks: AsyncIterator<Uint8Array>;
  #bytes: Buffer = Buffer.alloc(0);
  #block: Row[] = [];
  #at = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Moves to the first row, or to the first row after a position. */
  async open(from?: RunPosition): Promise<void> {
    do {
      await this.loadBlock();
      if (!this.row || !from || isAfter(this.#block.at(-1)!, from)) break;
    } while (this.row);
    while (this.row && from && !isAfter(this.row, from)) this.next();
  }

  /** Moves to the next row of the block. */
  next(): void {
    this.row = this.#block[++this.#at];
  }

  /** Reads the next block; at the end of the run `row` stays undefined. */
  async loadBlock(): Promise<void> {
    const line = await this.#line();
    this.#block = line === undefined ? [] : (JSON.parse(line) as Row[]);
    this.#at = 0;
    this.row = this.#block[0];
    if (line !== undefined && !this.needsByteOrder) this.needsByteOrder = needsByteOrder(line);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** JSON holds no line feed, so each one ends a block. */
  async #line(): Promise<string | undefined> {
    let end = this.#bytes.indexOf(LINE_FEED);
    while (end === -1) {
      const next = await this.#chunks.next();
      if (next.done) return undefined;
      end = next.value.indexOf(LINE_FEED);
      if (end !== -1) end += this.#bytes.length;
      this.#bytes = Buffer.concat([this.#bytes, next.value]);
    }
    const line = this.#bytes.toString("utf8", 0, end);
    this.#bytes = this.#bytes.subarray(end + 1);
    return line;
  }
}

function isAfter(row: RunRow, { key, order }: RunPosition): boolean {
  return (compareBytes(row[0], key) || row[1] - order) > 0;
}

/**
 * Sets of ids in blocks of 65,536, as Roaring bitmaps have them (https://roaringbitmap.org): stored as
 * a list of 16-bit numbers, from 4,096 ids on as a bitmap of 8 kB.
 */

const blockBits = 16;
const blockSize = 1 << blockBits;
const words = blockSize / 32;
const bitmapBytes = blockSize / 8;
/** A longer list takes more space than the bitmap. */
const maxListed = bitmapBytes / 2 - 1;

/** One bit for each id of a block. */
export type IdBlock = Uint32Array;
/** The blocks of a set, by their number. */
export type IdSet = Map<number, IdBlock>;

export const blockOf = (id: number): number => Math.floor(id / blockSize);

/** @param ids those of other blocks are added to their place in this one, so give none */
export function addToBlock(block: IdBlock, ids: readonly number[]): void {
  for (const id of ids) {
    const low = id % blockSize;
    block[low >> 5]! |= 1 << (low & 31);
  }
}

export function emptyBlock(): IdBlock {
  return new Uint32Array(words);
}

/** @param bytes stored; undefined for an empty block */
export function decodeBlock(bytes: Uint8Array | undefined): IdBlock {
  const block = emptyBlock();
  if (bytes?.byteLength === bitmapBytes) {
    new Uint8Array(block.buffer).set(bytes);
    return block;
  }
  // A driver may return bytes at an odd place of its buffer.
  const lows = new Uint16Array(Uint8Array.from(bytes ?? []).buffer);
  for (const low of lows) block[low >> 5]! |= 1 << (low & 31);
  return block;
}

/**
 * @param bytes a stored block; undefined for an empty one
 * @param ids of this block
 */
export function addToEncoded(
  bytes: Uint8Array | undefined,
  ids: readonly number[],
): { count: number; ids: Uint8Array } {
  const known = bytes ? bytes.byteLength / 2 : 0;
  // Most terms are rare, and a bitmap for each would take most of the time of indexing.
  if (known + ids.length <= maxListed) return addToList(bytes, known, ids);
  const block = decodeBlock(bytes);
  addToBlock(block, ids);
  return encodeBlock(block);
}

function addToList(bytes: Uint8Array | undefined, known: number, ids: readonly number[]) {
  const lows = new Uint16Array(known + ids.length);
  if (bytes) new Uint8Array(lows.buffer).set(bytes);
  for (const [at, id] of ids.entries()) lows[known + at] = id % blockSize;
  lows.sort();
  let count = 0;
  for (const low of lows) if (count === 0 || lows[count - 1] !== low) lows[count++] = low;
  return { count, ids: Buffer.from(lows.buffer, 0, count * 2) };
}

function encodeBlock(block: IdBlock): { count: number; ids: Uint8Array } {
  const count = countBits(block);
  if (count > maxListed) return { count, ids: Buffer.from(block.buffer) };
  const lows = new Uint16Array(count);
  let next = 0;
  for (const low of lowsOf(block)) lows[next++] = low;
  return { count, ids: Buffer.from(lows.buffer) };
}

/** Keeps the ids of `block` that `other` has too. */
export function intersectBlock(block: IdBlock, other: IdBlock): void {
  for (let at = 0; at < words; at++) block[at]! &= other[at]!;
}

export function countIds(set: IdSet): number {
  let count = 0;
  for (const block of set.values()) count += countBits(block);
  return count;
}

export function addToSet(set: IdSet, ids: readonly number[]): void {
  for (const id of ids) {
    const number = blockOf(id);
    const block = set.get(number) ?? emptyBlock();
    set.set(number, block);
    addToBlock(block, [id]);
  }
}

/**
 * @param below yields only lower ids
 * @returns the highest id first
 */
export function* idsDescending(set: IdSet, below = Number.MAX_SAFE_INTEGER): Generator<number> {
  for (const number of [...set.keys()].sort((a, b) => b - a)) {
    const first = number * blockSize;
    if (first >= below) continue;
    const block = set.get(number)!;
    for (let at = words - 1; at >= 0; at--) {
      for (let bits = block[at]!; bits !== 0; ) {
        const bit = 31 - Math.clz32(bits);
        bits &= ~(1 << bit);
        const id = first + at * 32 + bit;
        if (id < below) yield id;
      }
    }
  }
}

/**
 * @param above yields only higher ids
 * @returns the lowest id first
 */
export function* idsAscending(set: IdSet, above = -1): Generator<number> {
  for (const number of [...set.keys()].sort((a, b) => a - b)) {
    const first = number * blockSize;
    if (first + blockSize <= above) continue;
    for (const low of lowsOf(set.get(number)!)) if (first + low > above) yield first + low;
  }
}

function* lowsOf(block: IdBlock): Generator<number> {
  for (let at = 0; at < words; at++) {
    for (let bits = block[at]!; bits !== 0; bits &= bits - 1) {
      yield at * 32 + (31 - Math.clz32(bits & -bits));
    }
  }
}

function countBits(block: IdBlock): number {
  let count = 0;
  for (let at = 0; at < words; at++) {
    let bits = block[at]!;
    if (bits === 0) continue;
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/**
 * Where bytes are kept: what was uploaded, what jobs work on, and what they leave. Small enough
 * that a disk and a bucket can both stand behind it.
 */
import { TryAgain } from "../job.ts";

export interface Storage {
  /**
   * For the start of a process: makes sure that bytes can be kept, and removes what killed
   * processes left half written, once nobody can be writing to it any more.
   * @throws what stands in the way, in words for the person who starts it
   */
  prepare(): Promise<void>;
  /**
   * Keeps the bytes under the key, in place of what was there: whole or not at all. When the source
   * throws, the disk fills up or the process is killed, what was there before stays.
   * @returns the bytes written
   * @throws BadKey, StorageFull, StorageAway, and what the source throws
   */
  write(key: string, chunks: Chunks): Promise<{ size: number }>;
  /**
   * The bytes from `from` (default 0) up to and without `to` (default: the end), as they were when
   * the reading began. A reader that takes its time holds nothing up and is not cut off.
   * @throws when iteration starts: BadKey, NotStored, StorageAway; later: an error where fewer or
   * others come than there were, never a silent end or a mixture
   */
  read(key: string, range?: { from?: number; to?: number }): AsyncIterable<Uint8Array>;
  /** Bytes under the key, undefined where there are none. */
  size(key: string): Promise<number | undefined>;
  /** All keys of a folder, in no order: `jobs/<id>/files/`. */
  keys(prefix: string): Promise<string[]>;
  /** Does nothing where there is nothing. */
  remove(key: string): Promise<void>;
  /** Removes all keys of a folder: `jobs/<id>/`. */
  removeAll(prefix: string): Promise<void>;
}

/** A chunk belongs to the reader until it asks for the next. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** There is nothing under that key (any more). */
export class NotStored extends Error {
  override name = "NotStored";
  constructor(key: string) {
    super(`There is nothing stored under ${key}`);
  }
}

/** No more bytes can be kept; the message is a sentence for people. */
export class StorageFull extends Error {
  override name = "StorageFull";
}

/** Where bytes are kept cannot be used for now; the message is a sentence for people. */
export class StorageAway extends TryAgain {
  override name = "StorageAway";
}

/** A key that no program of ours makes: somebody's input came through unchecked. */
export class BadKey extends Error {
  override name = "BadKey";
  constructor(key: string) {
    super(`${JSON.stringify(key)} is not a key of the storage`);
  }
}

/**
 * The parts of a key: at least a folder and a name, each of letters, digits, `.`, `_` and `-`, and
 * none that begins with a dot. So no key leaves the storage, or names what else lies in its folder
 * (the database, the secret, files being written).
 * @throws BadKey
 */
export function partsOf(key: string): string[] {
  const parts = key.split("/");
  if (parts.length < 2 || !parts.every((part) => /^(?!\.)[\w.-]{1,200}$/.test(part))) {
    throw new BadKey(key);
  }
  return parts;
}

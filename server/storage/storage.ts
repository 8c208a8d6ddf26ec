/** The interface of file storage (uploads, temporary files, results), for disks and buckets. */
import { TryAgain } from "../job.ts";
import type { PartialFiles } from "./partial-files.ts";

export interface Storage {
  readonly partialFiles: PartialFiles;
  /**
   * Called at the start of a process: checks that the storage can be written to, and deletes partial
   * files of killed processes once they are too old to be still in use.
   * @throws an error whose message tells the operator what is wrong
   */
  prepare(): Promise<void>;
  /**
   * Saves the bytes under the key atomically, replacing any that exist. When the source throws, the
   * disk fills up or the process is killed, the existing bytes stay.
   * @returns the number of bytes saved
   * @throws InvalidKey, StorageFull, StorageUnavailable, and errors of the source
   */
  save(key: string, chunks: Chunks): Promise<{ size: number }>;
  /**
   * Reads the bytes from `from` (default 0) up to but not including `to` (default: the end), as they
   * were when reading began. A slow reader blocks nothing and is not cut off.
   * @throws InvalidKey, KeyNotFound or StorageUnavailable when iteration starts; later an error if
   * bytes are missing or have changed, never a silent end or a mixture
   */
  read(key: string, range?: { from?: number; to?: number }): AsyncIterable<Uint8Array>;
  /** Number of bytes under the key, undefined if there is nothing. */
  size(key: string): Promise<number | undefined>;
  /** All keys of a folder such as `jobs/<id>/files/`, unordered. */
  list(folder: string): Promise<string[]>;
  /** Does nothing where the key does not exist. */
  delete(key: string): Promise<void>;
  /** Deletes all keys of a folder such as `jobs/<id>/`. */
  deleteAll(folder: string): Promise<void>;
}

/** A chunk is valid only until the next one is read: the source may reuse its memory. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export class KeyNotFound extends Error {
  override name = "KeyNotFound";
  constructor(key: string) {
    super(`Nothing is stored under ${key}`);
  }
}

/** The message is a sentence for the user. */
export class StorageFull extends Error {
  override name = "StorageFull";
}

/** The storage does not work at present. The message is a sentence for the user. */
export class StorageUnavailable extends TryAgain {
  override name = "StorageUnavailable";
}

/** Guards against unchecked input: the application never makes such a key. */
export class InvalidKey extends Error {
  override name = "InvalidKey";
  constructor(key: string) {
    super(`${JSON.stringify(key)} is not a valid storage key`);
  }
}

/**
 * Splits a key at its slashes: at least a folder and a name, each of letters, digits, `.`, `_` and
 * `-`, none beginning with a dot. Such a key cannot leave the storage, and cannot name other files in
 * the storage folder (the database, the secret, partial files).
 * @throws InvalidKey
 */
export function parseKey(key: string): string[] {
  const parts = key.split("/");
  if (parts.length < 2 || !parts.every((part) => /^(?!\.)[\w.-]{1,200}$/.test(part))) {
    throw new InvalidKey(key);
  }
  return parts;
}

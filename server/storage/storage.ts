/** The interface of file storage (uploads, temporary files, results), for disks and buckets. */
import { TryAgain } from "../job.ts";

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
  /** All keys of a folder such as `jobs/<id>/files/` or `uploads/`, unordered. */
  list(folder: string): Promise<string[]>;
  /** Does nothing where the key does not exist. */
  delete(key: string): Promise<void>;
  /** Deletes all keys of a folder such as `jobs/<id>/`. */
  deleteAll(folder: string): Promise<void>;
}

/**
 * Files that are written in several pieces, over hours and by several processes. A key names the file
 * once it is complete; until then nothing can be read under it. The handle, which `create` returns,
 * names the bytes that have arrived.
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
  if (parts.length < 2 || !parts.every(isValidPart)) throw new InvalidKey(key);
  return parts;
}

/**
 * Splits the path of a folder, with or without a slash at its end.
 * @throws InvalidKey
 */
export function parseFolder(folder: string): string[] {
  const parts = folder.replace(/\/$/, "").split("/");
  if (!parts.every(isValidPart)) throw new InvalidKey(folder);
  return parts;
}

function isValidPart(part: string): boolean {
  return /^(?!\.)[\w.-]{1,200}$/.test(part);
}

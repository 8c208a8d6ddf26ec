/** Storage in a folder of this machine, or one that several machines share. */
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { type Chunks, NotStored, partsOf, type Storage } from "../storage.ts";
import { diskError, isMissing } from "./errors.ts";
import { pour } from "./pour.ts";
import { removeStale } from "./stale.ts";

/** Large enough that a read costs its bytes and not its calls. */
const pieceSize = 256 * 1024;

/** @param dir absolute; made when something is first written */
export function createDiskStorage(dir: string): Storage {
  // Beside the keys, for a file can only be renamed within one file system; no key begins with a
  // dot, so none can name what is in here.
  const partials = join(dir, ".partial");
  let ready: Promise<void> | undefined;

  const pathOf = (key: string) => join(dir, ...partsOf(key));

  /** Before the first write of each process, and again where it failed. */
  async function prepare(): Promise<void> {
    try {
      await mkdir(partials, { recursive: true });
      await removeStale(partials);
    } catch (error) {
      ready = undefined;
      throw diskError(error);
    }
  }

  async function write(key: string, chunks: Chunks): Promise<{ size: number }> {
    const path = pathOf(key);
    ready ??= prepare();
    await ready;
    const partial = join(partials, uuidv7());
    try {
      const size = await writePartial(partial, chunks);
      const made = await mkdir(dirname(path), { recursive: true });
      await rename(partial, path);
      await syncFolders(dirname(path), made ? dirname(made) : dirname(path));
      return { size };
    } catch (error) {
      // The first error is the one to tell; a leftover goes with the stale ones.
      await rm(partial, { force: true }).catch(() => {});
      throw diskError(error);
    }
  }

  async function* read(key: string, range: { from?: number; to?: number } = {}) {
    const file = await opened(key, pathOf(key));
    try {
      const end = Math.min(range.to ?? Number.POSITIVE_INFINITY, (await file.stat()).size);
      let at = range.from ?? 0;
      while (at < end) {
        const piece = Buffer.allocUnsafeSlow(Math.min(pieceSize, end - at));
        const { bytesRead } = await file.read(piece, 0, piece.length, at);
        if (bytesRead === 0) throw new Error(`${key} ends after ${at} of ${end} bytes`);
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async function size(key: string): Promise<number | undefined> {
    try {
      const found = await stat(pathOf(key));
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async function keys(prefix: string): Promise<string[]> {
    const folder = pathOf(prefix.replace(/\/$/, ""));
    try {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = found.filter((entry) => entry.isFile());
      return files.map(({ parentPath, name }) =>
        relative(dir, join(parentPath, name)).split(sep).join("/"),
      );
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  return {
    prepare,
    write,
    read,
    size,
    keys,
    remove: (key) => rm(pathOf(key), { force: true }),
    removeAll: (prefix) => rm(pathOf(prefix.replace(/\/$/, "")), { recursive: true, force: true }),
  };
}

async function writePartial(path: string, chunks: Chunks): Promise<number> {
  const file = await open(path, "wx");
  try {
    const size = await pour(chunks, file);
    // Before the rename: else, after a power cut, the name may stand for a file without its bytes.
    await file.datasync();
    return size;
  } finally {
    await file.close();
  }
}

/**
 * Makes the new names outlast a power cut, from a folder up to one above it: a row in the database,
 * or a step that is noted as done, is about to rely on them.
 */
async function syncFolders(from: string, to: string): Promise<void> {
  for (let folder = from; ; folder = dirname(folder)) {
    const handle = await open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (folder === to || folder === dirname(folder)) return;
  }
}

async function opened(key: string, path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if (isMissing(error)) throw new NotStored(key);
    throw error;
  }
}

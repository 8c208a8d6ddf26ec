/** Storage in a folder, on this machine or on a disk that several machines share. */
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { type Chunks, KeyNotFound, parseFolder, parseKey, type Storage } from "../storage.ts";
import { diskError, isMissing } from "./errors.ts";
import { createPartialDiskFiles } from "./partial-disk-files.ts";
import { writeChunks } from "./write-chunks.ts";

/** Large enough that the cost of a system call does not matter. */
const chunkSize = 256 * 1024;
/** No source is silent for this long, so an older partial file is abandoned. */
const abandonedAfterMs = 24 * 3_600_000;
/** The files of people are for the owner of the process alone. */
const privateFolder = { recursive: true, mode: 0o700 } as const;

/** @param dir absolute path; created on the first save */
export function createDiskStorage(dir: string): Storage {
  // In the same folder as the keys, because a rename works only within one file system. No key begins
  // with a dot, so no key can name a partial file.
  const partials = join(dir, ".partial");
  let ready: Promise<void> | undefined;

  const pathOf = (key: string) => join(dir, ...parseKey(key));
  const folderPath = (folder: string) => pathOf(folder.replace(/\/$/, ""));

  /** Runs before the first save of each process, and again after a failure. */
  async function prepare(): Promise<void> {
    try {
      await mkdir(partials, privateFolder);
      await deleteAbandoned(partials);
    } catch (error) {
      ready = undefined;
      throw diskError(error);
    }
  }

  async function save(key: string, chunks: Chunks): Promise<{ size: number }> {
    const path = pathOf(key);
    ready ??= prepare();
    await ready;
    const partial = join(partials, uuidv7());
    try {
      const size = await writePartial(partial, chunks);
      await publish(partial, path);
      return { size };
    } catch (error) {
      // Errors are ignored in favour of the first one. `prepare` deletes an abandoned file later.
      await rm(partial, { force: true }).catch(() => {});
      throw diskError(error);
    }
  }

  async function* read(key: string, range: { from?: number; to?: number } = {}) {
    const file = await openFile(key, pathOf(key));
    try {
      const end = Math.min(range.to ?? Number.POSITIVE_INFINITY, (await file.stat()).size);
      let position = range.from ?? 0;
      while (position < end) {
        const chunk = Buffer.allocUnsafeSlow(Math.min(chunkSize, end - position));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
        if (bytesRead === 0) throw new Error(`${key} ends after ${position} of ${end} bytes`);
        position += bytesRead;
        yield chunk.subarray(0, bytesRead);
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

  async function list(folder: string): Promise<string[]> {
    try {
      const path = join(dir, ...parseFolder(folder));
      const found = await readdir(path, { recursive: true, withFileTypes: true });
      const files = found.filter((entry) => entry.isFile());
      return files.map(({ parentPath, name }) =>
        relative(dir, join(parentPath, name)).split(sep).join("/"),
      );
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  const partialFiles = createPartialDiskFiles({
    path: partials,
    pathOf,
    async prepare() {
      ready ??= prepare();
      await ready;
    },
    publish: (partial, key) => publish(partial, pathOf(key)),
  });

  return {
    partialFiles,
    prepare,
    save,
    read,
    size,
    list,
    delete: (key) => rm(pathOf(key), { force: true }),
    deleteAll: (folder) => rm(folderPath(folder), { recursive: true, force: true }),
  };
}

async function deleteAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another process may have renamed or deleted it meanwhile.
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > abandonedAfterMs) await rm(path, { force: true });
  }
}

async function writePartial(path: string, chunks: Chunks): Promise<number> {
  const file = await open(path, "wx", 0o600);
  try {
    const size = await writeChunks(chunks, file);
    // Before the rename: otherwise a power cut could leave a name without its bytes.
    await file.datasync();
    return size;
  } finally {
    await file.close();
  }
}

/** Moves a written file to its place. */
async function publish(partial: string, path: string): Promise<void> {
  const created = await mkdir(dirname(path), privateFolder);
  await rename(partial, path);
  await syncFolders(dirname(path), created ? dirname(created) : dirname(path));
}

/**
 * Makes new names survive a power cut, from the folder `from` up to its ancestor `to`: a row in the
 * database is about to refer to them.
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

async function openFile(key: string, path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if (isMissing(error)) throw new KeyNotFound(key);
    throw error;
  }
}

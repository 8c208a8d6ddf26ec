import { constants } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { InterruptibleSource } from "../interruptible-source.ts";
import { type Chunks, InvalidKey, KeyNotFound, type PartialFiles } from "../storage.ts";
import { diskError, isMissing } from "./errors.ts";
import { writeChunks } from "./write-chunks.ts";

interface Folder {
  /** Holds the partial files. */
  path: string;
  /** Creates the folder. */
  prepare(): Promise<void>;
  pathOf(key: string): string;
  /** Moves a written file to the key, so that the new name survives a power cut. */
  publish(partial: string, key: string): Promise<void>;
}

/** The handle is the name of a file in the folder. */
export function createPartialDiskFiles(folder: Folder): PartialFiles {
  function pathOf(handle: string): string {
    if (!/^[\w-]{1,100}$/.test(handle)) throw new InvalidKey(handle);
    return join(folder.path, handle);
  }

  async function create(key: string): Promise<string> {
    folder.pathOf(key);
    await folder.prepare();
    const handle = uuidv7();
    const { O_CREAT, O_EXCL, O_WRONLY } = constants;
    try {
      await (await open(pathOf(handle), O_CREAT | O_EXCL | O_WRONLY, 0o600)).close();
    } catch (error) {
      throw diskError(error);
    }
    return handle;
  }

  async function size(_key: string, handle: string): Promise<number | undefined> {
    try {
      return (await stat(pathOf(handle))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async function append(key: string, handle: string, at: number, chunks: Chunks): Promise<number> {
    const source = new InterruptibleSource(chunks);
    try {
      const file = await open(pathOf(handle), constants.O_WRONLY);
      try {
        const written = await writeChunks(source, file, at);
        await file.datasync();
        source.rethrow();
        return at + written;
      } finally {
        await file.close();
      }
    } catch (error) {
      throw isMissing(error) ? new KeyNotFound(key) : diskError(error);
    }
  }

  async function complete(key: string, handle: string): Promise<void> {
    try {
      await folder.publish(pathOf(handle), key);
    } catch (error) {
      if (!isMissing(error)) throw diskError(error);
      if (!(await stat(folder.pathOf(key)).catch(() => undefined))) throw new KeyNotFound(key);
    }
  }

  return {
    ...{ create, size, append, complete },
    delete: (_key, handle) => rm(pathOf(handle), { force: true }),
  };
}

import type { Scratch } from "../job.ts";
import { contentChunks } from "./content-chunks.ts";
import { InvalidKey, KeyNotFound, type Storage } from "./storage.ts";

/** A bucket cannot append, so each `append` saves a piece: `log.txt.00000001.appended`. */
const piece = /^(.+)\.(\d{8})\.appended$/;

/**
 * The temporary files of one job in the storage. A file is one object that `write` saved, or else its
 * appended pieces in their order. The object counts if there are both, because `write` leaves the pieces
 * that it replaces.
 */
export function createScratch(storage: Storage, jobId: string): Omit<Scratch, "folder"> {
  const folder = `jobs/${jobId}/scratch/`;
  /** The number of the next piece by file, once all appends before are done. */
  const nextPieces = new Map<string, Promise<number>>();

  function keyOf(name: string): string {
    if (piece.test(name)) throw new InvalidKey(name);
    return `${folder}${name}`;
  }

  const pieceKey = (name: string, number: number) =>
    `${keyOf(name)}.${String(number).padStart(8, "0")}.appended`;

  async function listNames(): Promise<string[]> {
    return (await storage.list(folder)).map((key) => key.slice(folder.length));
  }

  async function listPieces(name: string): Promise<string[]> {
    const names = await listNames();
    return names.filter((each) => piece.exec(each)?.[1] === name).sort();
  }

  async function deletePieces(name: string): Promise<void> {
    for (const each of await listPieces(name)) await storage.delete(`${folder}${each}`);
  }

  /** @returns the number of the next piece */
  async function beginToAppend(name: string): Promise<number> {
    const key = keyOf(name);
    if ((await storage.size(key)) === undefined) {
      const last = (await listPieces(name)).at(-1);
      return last === undefined ? 0 : Number(piece.exec(last)![2]) + 1;
    }
    await deletePieces(name);
    await storage.save(pieceKey(name, 0), storage.read(key));
    await storage.delete(key);
    return 1;
  }

  return {
    async write(name, content) {
      await storage.save(keyOf(name), contentChunks(content));
      nextPieces.delete(name);
    },
    async append(name, content) {
      const appended = (nextPieces.get(name) ?? beginToAppend(name)).then(async (number) => {
        await storage.save(pieceKey(name, number), contentChunks(content));
        return number + 1;
      });
      nextPieces.set(name, appended);
      try {
        await appended;
      } catch (error) {
        nextPieces.delete(name);
        throw error;
      }
    },
    async *read(name) {
      const key = keyOf(name);
      try {
        return yield* storage.read(key);
      } catch (error) {
        if (!(error instanceof KeyNotFound)) throw error;
      }
      const pieces = await listPieces(name);
      if (pieces.length === 0) throw new KeyNotFound(key);
      for (const each of pieces) yield* storage.read(`${folder}${each}`);
    },
    async list() {
      // The engine keeps files of its own in folders.
      const own = (await listNames()).filter((name) => !name.includes("/"));
      const names = own.map((name) => piece.exec(name)?.[1] ?? name);
      return [...new Set(names)].sort();
    },
    async delete(name) {
      nextPieces.delete(name);
      await deletePieces(name);
      await storage.delete(keyOf(name));
    },
  };
}

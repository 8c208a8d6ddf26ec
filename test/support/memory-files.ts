/** Files in memory. */

import type { ByteSource, Scratch } from "../../server/job.ts";
import { contentChunks } from "../../server/storage/content-chunks.ts";

/** @param chunk bytes handed out at a time */
export function memoryFile(
  content: string | Uint8Array,
  name = "people.csv",
  chunk = 65_536,
): ByteSource {
  const bytes = Buffer.from(content as Uint8Array);
  return {
    name,
    size: bytes.length,
    async *read(from = 0) {
      for (let at = from; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
  };
}

/** @param chunk bytes handed out at a time */
export function memoryScratch(
  chunk = 65_536,
): Pick<Scratch, "read" | "write"> & { files: Map<string, Buffer> } {
  const files = new Map<string, Buffer>();
  return {
    files,
    async write(name, content) {
      const parts: Uint8Array[] = [];
      for await (const part of contentChunks(content)) parts.push(part);
      files.set(name, Buffer.concat(parts));
    },
    async *read(name) {
      const file = files.get(name);
      if (!file) throw new Error(`There is no file ${name}`);
      for (let at = 0; at < file.length; at += chunk) yield file.subarray(at, at + chunk);
    },
  };
}

/** @returns all items of an async iterable */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Previews of the files that jobs made. Each file is read once, because a file never changes under its id. */
import { LRUCache } from "lru-cache";
import type { FileRow } from "../backend/schema.ts";
import { withTimeout } from "../with-timeout.ts";
import { type Preview, previewBytes, previewNeeds, textPreview } from "./result-preview.ts";
import type { Storage } from "./storage.ts";

export interface Previews {
  /** Gives up after a second and never throws: a page works without its previews. */
  get(file: FileRow): Promise<Preview | null>;
}

/** Each preview takes some kB. */
const maxPreviews = 500;
const timeoutMs = 1_000;
/** While the storage is unavailable, pages do not wait for it again before this time is over. */
const retryAfterMs = 10_000;

export function createPreviews(storage: Pick<Storage, "read">): Previews {
  const cache = new LRUCache<string, { preview: Preview | null }>({ max: maxPreviews });
  let retryAt = 0;

  async function createPreview(file: FileRow): Promise<Preview | null> {
    const properties = { mediaType: file.media_type, size: file.size };
    const needs = previewNeeds(properties);
    if (needs === "none") return null;
    if (needs === "image") return { kind: "image" };
    return textPreview({ ...properties, bytes: await readStart(file) });
  }

  async function readStart({ storage_key, size }: FileRow): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    const range = { to: Math.min(size, previewBytes) };
    // Copied, because a chunk is valid only until the next one is read.
    for await (const piece of storage.read(storage_key, range)) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }

  return {
    async get(file) {
      const known = cache.get(file.id);
      if (known) return known.preview;
      if (performance.now() < retryAt) return null;
      try {
        const preview = await withTimeout(timeoutMs, createPreview(file));
        cache.set(file.id, { preview });
        return preview;
      } catch {
        retryAt = performance.now() + retryAfterMs;
        return null;
      }
    },
  };
}

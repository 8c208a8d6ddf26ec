/** Looks into files that jobs left, each read once: a file never changes under its id. */
import { LRUCache } from "lru-cache";
import type { FileRow } from "../backend/schema.ts";
import { within } from "../within.ts";
import { type Preview, previewBytes, previewNeeds, textPreview } from "./file-preview.ts";
import type { Storage } from "./storage.ts";

export interface Previews {
  /** Never fails and never takes long: without its look a page is as good. */
  of(file: FileRow): Promise<Preview | null>;
}

/** Each preview takes some kB. */
const maxPreviews = 500;
const longestMs = 1_000;
/** With the storage away no page waits for it again and again. */
const restMs = 10_000;

export function createPreviews(storage: Pick<Storage, "read">): Previews {
  const kept = new LRUCache<string, { preview: Preview | null }>({ max: maxPreviews });
  let notBefore = 0;

  async function look(file: FileRow): Promise<Preview | null> {
    const about = { mediaType: file.media_type, size: file.size };
    const needs = previewNeeds(about);
    if (needs === "none") return null;
    if (needs === "image") return { kind: "image" };
    return textPreview({ ...about, bytes: await beginning(file) });
  }

  async function beginning({ storage_key, size }: FileRow): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    const range = { to: Math.min(size, previewBytes) };
    // A chunk is the reader's own only until the next is asked for.
    for await (const piece of storage.read(storage_key, range)) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }

  return {
    async of(file) {
      const known = kept.get(file.id);
      if (known) return known.preview;
      if (performance.now() < notBefore) return null;
      try {
        const preview = await within(longestMs, look(file));
        kept.set(file.id, { preview });
        return preview;
      } catch {
        notBefore = performance.now() + restMs;
        return null;
      }
    },
  };
}

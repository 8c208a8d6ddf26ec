import type { Content } from "../job.ts";
import type { Chunks } from "./storage.ts";

/** @returns the content in bytes, its texts encoded as UTF-8 */
export function contentChunks(content: Content): Chunks {
  if (typeof content === "string") return [Buffer.from(content)];
  if (content instanceof Uint8Array) return [content];
  return encodeTexts(content);
}

async function* encodeTexts(
  chunks: Exclude<Content, string | Uint8Array>,
): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

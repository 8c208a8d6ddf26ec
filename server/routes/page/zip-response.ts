import type { Context } from "hono";
import { formatAttachment } from "../../storage/content-disposition.ts";
import { createZip, type ZipEntry } from "../../storage/zip.ts";

/** Streams files as one ZIP archive. @param name the archive's file name */
export function zipResponse(c: Context, name: string, entries: Iterable<ZipEntry>): Response {
  // `no-transform`: compressing an archive again saves nothing.
  c.header("Cache-Control", "private, no-store, no-transform");
  c.header("Content-Type", "application/zip");
  c.header("Content-Disposition", formatAttachment(name));
  if (c.req.method === "HEAD") return c.body(null);
  return c.body(ReadableStream.from(createZip(entries)));
}

/** Several files as one download. */
import type { Context } from "hono";
import { formatAttachment } from "../../storage/content-disposition.ts";
import { createZip, type ZipEntry } from "../../storage/zip.ts";

/** @param name of the archive, as people see it */
export function zipResponse(c: Context, name: string, entries: Iterable<ZipEntry>): Response {
  // As it is: what is compressed once more on its way gets no smaller.
  c.header("Cache-Control", "private, no-store, no-transform");
  c.header("Content-Type", "application/zip");
  c.header("Content-Disposition", formatAttachment(name));
  if (c.req.method === "HEAD") return c.body(null);
  return c.body(ReadableStream.from(createZip(entries)));
}

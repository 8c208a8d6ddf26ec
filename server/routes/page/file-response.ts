import type { Context } from "hono";
import { formatAttachment } from "../../storage/content-disposition.ts";
import type { JobFile } from "../../storage/job-files.ts";
import { parseRange } from "../../storage/range.ts";
import type { Storage } from "../../storage/storage.ts";
import { webPagePolicy } from "../../storage/web-page.ts";

export interface Download {
  file: JobFile;
  /** Bytes. */
  size: number;
}

/** Streams a file, or the range of it that the request asks for. */
export function fileResponse(c: Context, storage: Storage, { file, size }: Download): Response {
  c.header("Accept-Ranges", "bytes");
  // The file of an id never changes, so an interrupted download can continue with the rest.
  const tag = `"${file.id}"`;
  c.header("ETag", tag);
  const isSame = [undefined, tag].includes(c.req.header("if-range"));
  const range = isSame ? parseRange(c.req.header("range"), size) : undefined;
  if (range === "unsatisfiable") {
    return c.body(null, 416, { "Content-Range": `bytes */${size}` });
  }
  const { from, to } = range ?? { from: 0, to: size };
  if (range) c.header("Content-Range", `bytes ${from}-${to - 1}/${size}`);
  c.header("Content-Length", String(to - from));
  c.header("Content-Type", file.media_type);
  c.header("Content-Disposition", formatAttachment(file.name));
  c.header("X-Content-Type-Options", "nosniff");
  const status = range ? 206 : 200;
  if (c.req.method === "HEAD" || from === to) return c.body(null, status);
  // The connection pulls the bytes: nothing is read ahead, and reading stops when it closes.
  return c.body(ReadableStream.from(storage.read(file.storage_key, { from, to })), status);
}

/** Shows a page of HTML in the browser, apart from Headway. */
export function webPageResponse(c: Context, storage: Storage, { file, size }: Download): Response {
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": String(size),
    "Content-Security-Policy": webPagePolicy,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
  };
  if (c.req.method === "HEAD" || size === 0) return c.body(null, 200, headers);
  const bytes = storage.read(file.storage_key, { from: 0, to: size });
  return c.body(ReadableStream.from(bytes), 200, headers);
}

/** File names in the `Content-Disposition` header (RFC 6266, RFC 8187). */
import { create, parse } from "content-disposition";

/** @returns `attachment; filename="…"`, with `filename*=UTF-8''…` if the name is not plain ASCII */
export function formatAttachment(fileName: string): string {
  // The library throws on half a surrogate pair.
  return create(fileName.toWellFormed());
}

/** @returns the file name as the client sent it, unchecked; undefined if the header has none */
export function parseFileName(header: string | undefined): string | undefined {
  return header === undefined ? undefined : parse(header).parameters.filename;
}

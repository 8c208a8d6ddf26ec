/** The headers of the tus protocol: https://tus.io/protocols/resumable-upload */
import type { Context } from "hono";
import type { UploadProgress } from "../../storage/resumable-upload.ts";
import { HttpError } from "../http-error.ts";

export const tusVersion = "1.0.0";
export const tusExtensions = "creation,creation-with-upload,termination,expiration";
export const chunkType = "application/offset+octet-stream";

/** @throws HttpError 412 for another version */
export function assertTusVersion(c: Context): void {
  if (c.req.header("tus-resumable") === tusVersion) return;
  c.header("Tus-Version", tusVersion);
  throw new HttpError({
    status: 412,
    title: "Upload failed",
    detail: `Send the header \`Tus-Resumable: ${tusVersion}\`.`,
  });
}

/** @returns a number of bytes. @throws HttpError 400 */
export function readByteCount(c: Context, name: "Upload-Offset" | "Upload-Length"): number {
  const text = c.req.header(name) ?? "";
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw badRequest(`\`${name}\` must be a number of bytes.`);
}

/** Reads `Upload-Metadata`: names, each with a value in Base64. @throws HttpError 400 */
export function readMetadata(c: Context): ReadonlyMap<string, string> {
  const pairs = (c.req.header("upload-metadata") ?? "").split(",").map((pair) => pair.trim());
  const found = new Map<string, string>();
  for (const pair of pairs.filter((each) => each !== "")) {
    const [, name, value = ""] = /^(\S+)(?: +([A-Za-z0-9+/]*={0,2}))?$/.exec(pair) ?? [];
    if (!name) throw badRequest("`Upload-Metadata` must be names with values in Base64.");
    found.set(name.toLowerCase(), Buffer.from(value, "base64").toString("utf8"));
  }
  return found;
}

export function formatMetadata(metadata: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(metadata);
  return pairs.map(([name, text]) => `${name} ${Buffer.from(text).toString("base64")}`).join(",");
}

export function setProgressHeaders(c: Context, { offset, expiresAt }: UploadProgress): void {
  c.header("Upload-Offset", String(offset));
  if (expiresAt !== null) c.header("Upload-Expires", new Date(expiresAt).toUTCString());
}

export function badRequest(detail: string): HttpError {
  return new HttpError({ status: 400, title: "Invalid request", detail });
}

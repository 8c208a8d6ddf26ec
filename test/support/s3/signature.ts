/** Checks the signature of a request (AWS Signature Version 4), which s3rver ignores. */
import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const keys = { id: "S3RVER", secret: "S3RVER" };

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Uint8Array, data: string) =>
  createHmac("sha256", key).update(data).digest();

/** @returns the S3 error code of an invalid signature, undefined for a valid one */
export function checkSignature(request: IncomingMessage, body: Uint8Array): string | undefined {
  const { authorization = "", ...headers } = request.headers;
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      authorization,
    );
  if (!match) return "AccessDenied";
  const [, id, scope = "", signed = "", signature] = match;
  if (id !== keys.id) return "InvalidAccessKeyId";
  const bodyHash = String(headers["x-amz-content-sha256"]);
  if (bodyHash !== sha256(body)) return "XAmzContentSHA256Mismatch";
  if (!signed.split(";").includes("host")) return "AccessDenied";

  const { pathname, searchParams } = new URL(request.url!, "http://bucket");
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const lines = signed.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [request.method, pathname, query, lines.join(""), signed, bodyHash].join("\n");
  const at = String(headers["x-amz-date"]);
  const signedText = ["AWS4-HMAC-SHA256", at, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${keys.secret}`);
  const expected = hmac(key, signedText).toString("hex");
  return signature === expected ? undefined : "SignatureDoesNotMatch";
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

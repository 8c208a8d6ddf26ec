/**
 * Runs s3rver on a folder, whose subfolders are the buckets, behind a proxy that makes it as strict as
 * Amazon S3. The proxy rejects anonymous and wrongly signed requests, bodies that differ from the
 * signed hash or have no length, small parts, and ranges past the end. It lists and aborts uploads, lists
 * their parts, and hides a file until it is complete. Prints its port.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import S3rver from "s3rver";
import { checkSignature } from "./signature.ts";

const minPartSize = 5 * 1024 * 1024;
const [directory = "", port = "0"] = process.argv.slice(2);
const upstream = await new S3rver({ directory, address: "127.0.0.1", port: 0, silent: true }).run();

const statuses: Record<string, number> = {
  EntityTooSmall: 400,
  XAmzContentSHA256Mismatch: 400,
  MissingContentLength: 411,
  NoSuchUpload: 404,
  InvalidRange: 416,
};

/** The last request of each key. They run one by one, because s3rver writes into the file that it reads. */
const lastRequests = new Map<string, Promise<void>>();

async function answerInTurn(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  const { bucket, key } = partsOf(incoming);
  const before = key && lastRequests.get(`${bucket}/${key}`);
  const closed = once(outgoing, "close");
  const current = (async () => {
    await before;
    await answer(incoming, body, outgoing).catch(() => outgoing.destroy());
    await closed;
  })();
  if (key) lastRequests.set(`${bucket}/${key}`, current);
  await current;
}

async function answer(
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): Promise<void> {
  const errorCode = checkSignature(incoming, body) ?? (await checkRequest(incoming));
  if (errorCode) return sendError(outgoing, errorCode);
  const { bucket, key, query } = partsOf(incoming);
  const upload = query.get("uploadId");
  if (incoming.method === "DELETE" && upload) {
    await rm(join(uploadsOf(bucket), upload), { recursive: true });
    outgoing.writeHead(204).end();
  } else if (incoming.method === "GET" && !key && query.has("uploads")) {
    outgoing.end(await listUploads(bucket, query.get("prefix") ?? ""));
  } else if (incoming.method === "GET" && upload) {
    outgoing.end(await listParts(join(uploadsOf(bucket), upload), query));
  } else forward(incoming, body, outgoing);
}

/** @returns the S3 error code of a request that Amazon S3 would reject */
async function checkRequest(incoming: IncomingMessage): Promise<string | undefined> {
  const { bucket, key, query } = partsOf(incoming);
  const upload = query.get("uploadId");
  const folder = upload && join(uploadsOf(bucket), upload);
  if (folder && !existsSync(folder)) return "NoSuchUpload";
  const { method, headers } = incoming;
  if (method === "PUT" && headers["content-length"] === undefined) return "MissingContentLength";
  const [, first] = /^bytes=(\d+)-/.exec(headers.range ?? "") ?? [];
  const object = join(directory, bucket, `${key}._S3rver_object`);
  if (first && existsSync(object) && (await stat(object)).size <= Number(first)) {
    return "InvalidRange";
  }
  if (method !== "POST" || !folder) return undefined;
  const parts = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const part of parts.sort((a, b) => a - b).slice(0, -1)) {
    if ((await stat(join(folder, String(part)))).size < minPartSize) return "EntityTooSmall";
  }
  return undefined;
}

function partsOf({ url }: IncomingMessage) {
  const { pathname, searchParams: query } = new URL(url!, "http://bucket");
  const [, bucket = "", ...key] = pathname.split("/");
  return { bucket, key: key.join("/"), query };
}

/** The folder in which s3rver stores incomplete uploads. */
function uploadsOf(bucket: string): string {
  return join(directory, bucket, "._S3rver_uploads");
}

async function listUploads(bucket: string, prefix: string): Promise<string> {
  const folder = uploadsOf(bucket);
  const uploads = existsSync(folder) ? await readdir(folder) : [];
  const rows = uploads.map(async (id) => {
    const path = join(folder, id, "key");
    const key = await readFile(path, "utf8");
    const at = (await stat(path)).mtime.toISOString();
    const row = `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${at}</Initiated></Upload>`;
    return key.startsWith(prefix) ? row : "";
  });
  const text = (await Promise.all(rows)).join("");
  return `<?xml version="1.0"?><ListMultipartUploadsResult>${text}</ListMultipartUploadsResult>`;
}

/** Parts a page, few enough that the tests see several pages. */
const partsPerPage = 2;

async function listParts(folder: string, query: URLSearchParams): Promise<string> {
  const after = Number(query.get("part-number-marker") ?? 0);
  const numbers = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
  const later = numbers.filter((number) => number > after).sort((a, b) => a - b);
  const page = later.slice(0, partsPerPage);
  const rows = page.map(async (number) => {
    const path = join(folder, String(number));
    const etag = `"${createHash("md5")
      .update(await readFile(path))
      .digest("hex")}"`;
    return `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><Size>${(await stat(path)).size}</Size></Part>`;
  });
  const next = later.length > page.length;
  const cursor = next ? `<NextPartNumberMarker>${page.at(-1)}</NextPartNumberMarker>` : "";
  return `<?xml version="1.0"?><ListPartsResult><IsTruncated>${next}</IsTruncated>${cursor}${(await Promise.all(rows)).join("")}</ListPartsResult>`;
}

function sendError(outgoing: ServerResponse, code: string): void {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  outgoing.writeHead(statuses[code] ?? 403, { "content-type": "application/xml" }).end(text);
}

function forward(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): void {
  // The body has arrived already, so s3rver must not ask for it.
  const { expect: _, ...rest } = headers;
  const options = { port: upstream.port, host: "127.0.0.1", method, path: url, headers: rest };
  const forwarded = request(options, (response) => {
    outgoing.writeHead(response.statusCode!, response.headers);
    response.pipe(outgoing);
  });
  forwarded.on("error", () => outgoing.destroy());
  outgoing.on("close", () => forwarded.destroy());
  forwarded.end(body);
}

const server = createServer((incoming, outgoing) => {
  answerInTurn(incoming, outgoing).catch(() => outgoing.destroy());
});
server.listen(Number(port), "127.0.0.1", () => {
  process.stdout.write(`S3 on port ${(server.address() as AddressInfo).port}\n`);
});

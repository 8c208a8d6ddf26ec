/**
 * An S3 server on the folder that it is given, on a port that it prints: s3rver, and in front of it
 * what that forgives or does not know and the real one does: anonymous and wrongly signed requests,
 * bodies that are not what was signed or have no length, small parts, reading behind the end, uploads
 * that are listed and aborted, and that nobody sees a file before it is whole. The folder `NAME` in
 * it is the bucket of that name.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import S3rver from "s3rver";
import { signatureFault } from "./signature.ts";

const smallestPart = 5 * 1024 * 1024;
const [directory = "", port = "0"] = process.argv.slice(2);
const behind = await new S3rver({ directory, address: "127.0.0.1", port: 0, silent: true }).run();

const statuses: Record<string, number> = {
  EntityTooSmall: 400,
  XAmzContentSHA256Mismatch: 400,
  MissingContentLength: 411,
  NoSuchUpload: 404,
  InvalidRange: 416,
};

/** What was asked of a key is done in turn: s3rver writes into the file that it reads from. */
const turns = new Map<string, Promise<void>>();

async function inTurn(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  const { bucket, key } = partsOf(incoming);
  const before = key && turns.get(`${bucket}/${key}`);
  const gone = once(outgoing, "close");
  const mine = (async () => {
    await before;
    await answer(incoming, body, outgoing).catch(() => outgoing.destroy());
    await gone;
  })();
  if (key) turns.set(`${bucket}/${key}`, mine);
  await mine;
}

async function answer(
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): Promise<void> {
  const fault = signatureFault(incoming, body) ?? (await faultOf(incoming));
  if (fault) return refuse(outgoing, fault);
  const { bucket, key, query } = partsOf(incoming);
  const upload = query.get("uploadId");
  if (incoming.method === "DELETE" && upload) {
    await rm(join(uploadsOf(bucket), upload), { recursive: true });
    outgoing.writeHead(204).end();
  } else if (incoming.method === "GET" && !key && query.has("uploads")) {
    outgoing.end(await listed(bucket, query.get("prefix") ?? ""));
  } else pass(incoming, body, outgoing);
}

async function faultOf(incoming: IncomingMessage): Promise<string | undefined> {
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
    if ((await stat(join(folder, String(part)))).size < smallestPart) return "EntityTooSmall";
  }
  return undefined;
}

function partsOf({ url }: IncomingMessage) {
  const { pathname, searchParams: query } = new URL(url!, "http://bucket");
  const [, bucket = "", ...key] = pathname.split("/");
  return { bucket, key: key.join("/"), query };
}

/** Where s3rver keeps what was not completed. */
function uploadsOf(bucket: string): string {
  return join(directory, bucket, "._S3rver_uploads");
}

async function listed(bucket: string, prefix: string): Promise<string> {
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

function refuse(outgoing: ServerResponse, code: string): void {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  outgoing.writeHead(statuses[code] ?? 403, { "content-type": "application/xml" }).end(text);
}

function pass({ method, url, headers }: IncomingMessage, body: Buffer, outgoing: ServerResponse) {
  // The body is here already.
  const { expect: _, ...rest } = headers;
  const options = { port: behind.port, host: "127.0.0.1", method, path: url, headers: rest };
  const forward = request(options, (came) => {
    outgoing.writeHead(came.statusCode!, came.headers);
    came.pipe(outgoing);
  });
  forward.on("error", () => outgoing.destroy());
  outgoing.on("close", () => forward.destroy());
  forward.end(body);
}

const server = createServer((incoming, outgoing) => {
  inTurn(incoming, outgoing).catch(() => outgoing.destroy());
});
server.listen(Number(port), "127.0.0.1", () => {
  process.stdout.write(`S3 on port ${(server.address() as AddressInfo).port}\n`);
});

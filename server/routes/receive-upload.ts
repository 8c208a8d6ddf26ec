/** Receives an uploaded file, as a form or as the body itself, without ever holding it in memory. */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { parseFileName } from "../storage/content-disposition.ts";
import { readMultipart } from "../storage/multipart.ts";
import { StorageFull, StorageUnavailable } from "../storage/storage.ts";
import {
  saveUpload,
  UploadEmpty,
  UploadRefused,
  type UploadRow,
  type UploadTarget,
  UploadTooLarge,
} from "../storage/uploads.ts";

interface ReceiveOptions {
  target: UploadTarget;
  accountId: string;
  userId: string;
}

/** The person's browser or the network ended the upload; nobody is there to be answered. */
export class UploadBrokeOff extends UploadRefused {
  override name = "UploadBrokeOff";
}

const otherwise = "upload.csv";
/** What a form may weigh beside its file, bytes. */
const formWeight = 300_000;

/**
 * The body must not have been read before. The name of a raw body comes from `Content-Disposition`
 * or `?name=`.
 * @throws UploadRefused (`uploadStatus` says the answer), StorageFull and StorageUnavailable; nothing is
 * left then
 */
export async function receiveUpload(c: Context, options: ReceiveOptions): Promise<UploadRow> {
  const { target, accountId, userId } = options;
  const type = c.req.header("content-type") ?? "";
  if (Number(c.req.header("content-length")) > target.maxBytes + formWeight) {
    throw new UploadTooLarge(target.maxBytes);
  }
  if (/^multipart\//i.test(type)) {
    return readMultipart(type, bodyOf(c), (part) => {
      const { name = otherwise, mediaType, chunks } = part;
      return saveUpload(target, { accountId, userId, name, mediaType, chunks }).catch((error) => {
        const noneChosen = error instanceof UploadEmpty && part.name === undefined;
        throw noneChosen ? new UploadRefused("Choose a file first") : error;
      });
    });
  }
  const name =
    parseFileName(c.req.header("content-disposition")) ?? c.req.query("name") ?? otherwise;
  // What curl says of any body unless it is told otherwise.
  const mediaType = type.startsWith("application/x-www-form-urlencoded") ? "" : type;
  return saveUpload(target, { accountId, userId, name, mediaType, chunks: bodyOf(c) });
}

/** How to answer an upload that was refused; undefined for errors of other kinds. */
export function uploadStatus(error: unknown): 400 | 413 | 503 | 507 | undefined {
  if (error instanceof UploadTooLarge) return 413;
  if (error instanceof UploadRefused) return 400;
  if (error instanceof StorageUnavailable) return 503;
  return error instanceof StorageFull ? 507 : undefined;
}

async function* bodyOf(c: Context): AsyncGenerator<Uint8Array> {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  // Node's own stream spares a copy into web streams. It must outlive an upload that is refused:
  // the answer goes out on the same connection.
  const body = incoming ? incoming.iterator({ destroyOnReturn: false }) : c.req.raw.body;
  try {
    yield* body ?? [];
  } catch (cause) {
    throw new UploadBrokeOff("The upload broke off", { cause });
  }
}

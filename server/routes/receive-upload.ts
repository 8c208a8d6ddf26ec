/** Receives an uploaded file, as a form or as the body itself, without ever holding it in memory. */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { parseFileName } from "../storage/content-disposition.ts";
import { readForm } from "../storage/multipart.ts";
import { StorageAway, StorageFull } from "../storage/storage.ts";
import {
  keepUpload,
  UploadEmpty,
  type UploadPlace,
  UploadRefused,
  type UploadRow,
  UploadTooLarge,
} from "../storage/uploads.ts";

interface ReceiveOptions {
  place: UploadPlace;
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
 * @throws UploadRefused (`uploadStatus` says the answer), StorageFull and StorageAway; nothing is
 * left then
 */
export async function receiveUpload(c: Context, options: ReceiveOptions): Promise<UploadRow> {
  const { place, accountId, userId } = options;
  const type = c.req.header("content-type") ?? "";
  if (Number(c.req.header("content-length")) > place.limit + formWeight) {
    throw new UploadTooLarge(place.limit);
  }
  if (/^multipart\//i.test(type)) {
    return readForm(type, bodyOf(c), (part) => {
      const { name = otherwise, mediaType, chunks } = part;
      return keepUpload(place, { accountId, userId, name, mediaType, chunks }).catch((error) => {
        const noneChosen = error instanceof UploadEmpty && part.name === undefined;
        throw noneChosen ? new UploadRefused("Choose a file first") : error;
      });
    });
  }
  const name =
    parseFileName(c.req.header("content-disposition")) ?? c.req.query("name") ?? otherwise;
  // What curl says of any body unless it is told otherwise.
  const mediaType = type.startsWith("application/x-www-form-urlencoded") ? "" : type;
  return keepUpload(place, { accountId, userId, name, mediaType, chunks: bodyOf(c) });
}

/** How to answer an upload that was refused; undefined for errors of other kinds. */
export function uploadStatus(error: unknown): 400 | 413 | 503 | 507 | undefined {
  if (error instanceof UploadTooLarge) return 413;
  if (error instanceof UploadRefused) return 400;
  if (error instanceof StorageAway) return 503;
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

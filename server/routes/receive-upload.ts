/** Streams an uploaded file to the storage, from a multipart form or a raw body. */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { LimitReached } from "../limit-reached.ts";
import { parseFileName } from "../storage/content-disposition.ts";
import { readMultipart } from "../storage/multipart.ts";
import { StorageFull, StorageUnavailable } from "../storage/storage.ts";
import type { MeteredUpload, UploadMeter } from "../storage/upload-meter.ts";
import {
  saveUpload,
  UploadEmpty,
  UploadRefused,
  type UploadRow,
  type UploadTarget,
  UploadTooLarge,
} from "../storage/uploads.ts";
import { untilIdle } from "./middleware/body-timeout.ts";

interface ReceiveOptions {
  target: UploadTarget;
  meter: UploadMeter;
  accountId: string;
  userId: string;
  /** Gets the fields before the file. Whatever it throws refuses the upload before it is stored. */
  checkFields?: (fields: ReadonlyMap<string, string>) => void;
}

/** The client or the network aborted the upload, so nobody reads the answer. */
export class UploadAborted extends UploadRefused {
  override name = "UploadAborted";
}

const defaultName = "upload.csv";
/** Bytes that a form may have beside its file. */
const formOverhead = 300_000;

/**
 * Reads the body, which must be unread. The name of a raw body comes from `Content-Disposition` or
 * `?name=`.
 * @throws UploadRefused, LimitReached, StorageFull, StorageUnavailable, and errors of `checkFields`; then
 *   nothing is stored
 */
export async function receiveUpload(c: Context, options: ReceiveOptions): Promise<UploadRow> {
  const { target, meter, accountId } = options;
  const length = Number(c.req.header("content-length") ?? 0);
  if (length > target.maxBytes + formOverhead) throw new UploadTooLarge(target.maxBytes);
  const metered = await meter.begin(accountId, Math.max(1, length - formOverhead));
  let isStored = false;
  try {
    const row = await receiveBody(c, options, metered.measure);
    isStored = true;
    return row;
  } finally {
    metered.end(isStored);
  }
}

async function receiveBody(
  c: Context,
  { target, accountId, userId, checkFields }: ReceiveOptions,
  measure: MeteredUpload["measure"],
): Promise<UploadRow> {
  const type = c.req.header("content-type") ?? "";
  if (/^multipart\//i.test(type)) {
    return readMultipart(type, bodyOf(c), async (part) => {
      const { name = defaultName, mediaType, fields } = part;
      checkFields?.(fields);
      const chunks = measure(part.chunks);
      return saveUpload(target, { accountId, userId, name, mediaType, chunks }).catch((error) => {
        const noneChosen = error instanceof UploadEmpty && part.name === undefined;
        throw noneChosen ? new UploadRefused("Choose a file first") : error;
      });
    });
  }
  checkFields?.(new Map());
  const name =
    parseFileName(c.req.header("content-disposition")) ?? c.req.query("name") ?? defaultName;
  // The default of curl for any body.
  const mediaType = type.startsWith("application/x-www-form-urlencoded") ? "" : type;
  const chunks = measure(bodyOf(c));
  return saveUpload(target, { accountId, userId, name, mediaType, chunks });
}

export function isUploadError(
  error: unknown,
): error is UploadRefused | LimitReached | StorageFull | StorageUnavailable {
  const types = [UploadRefused, LimitReached, StorageFull, StorageUnavailable];
  return types.some((type) => error instanceof type);
}

/** The body as it arrives. @throws UploadAborted if it breaks off */
export async function* bodyOf(c: Context): AsyncGenerator<Uint8Array> {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  // Reading Node's stream saves a copy into web streams. It must stay open after a refused upload,
  // because the answer goes out on the same connection.
  const body = incoming
    ? untilIdle(incoming, incoming.iterator({ destroyOnReturn: false }))
    : c.req.raw.body;
  try {
    yield* body ?? [];
  } catch (cause) {
    throw new UploadAborted("The upload was aborted", { cause });
  }
}

/** Reads an object in ranges, one request each. */
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { StorageUnavailable } from "../storage.ts";
import { isPastEnd } from "./errors.ts";

/**
 * Large enough that one range read ahead hides the latency of the bucket; small enough that a merge
 * of a hundred files can hold two ranges of each.
 */
const pieceSize = 512 * 1024;
const retryAfterMs = [200, 1_000];

const changedMessage = "A file changed while it was being read";
const truncatedMessage = "The file storage sent fewer bytes than requested";

interface Piece {
  bytes: Uint8Array;
  /** Size of the whole object, bytes. */
  size: number;
  /** ETag of the object. */
  tag: string | undefined;
}

/**
 * Keeps no connection open between two ranges, so that slow readers, and readers of many objects in
 * turn, neither use up the connections nor run into timeouts.
 * @throws errors of the client, and StorageUnavailable if the object changed meanwhile
 */
export async function* readObject(
  client: S3Client,
  object: { Bucket: string; Key: string },
  { from = 0, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (from >= to) return;
  let next = piece(from, Math.min(from + pieceSize, to));
  let tag: string | undefined;
  for (let at = from; ; ) {
    const read = await next;
    if (!read && at === from) return;
    tag ??= read?.tag;
    if (!read || read.tag !== tag) throw new StorageUnavailable(changedMessage);
    at += read.bytes.length;
    const end = Math.min(to, read.size);
    if (at < end) {
      next = piece(at, Math.min(at + pieceSize, end));
      // The reader may stop before it awaits this promise.
      next.catch(() => {});
    }
    yield read.bytes;
    if (at >= end) return;
  }

  /** @returns undefined for a range past the end */
  async function piece(first: number, last: number): Promise<Piece | undefined> {
    for (const waitMs of retryAfterMs) {
      try {
        return await onePiece(first, last);
      } catch (error) {
        if (isPastEnd(error)) return undefined;
        // The client retries a request without a response, but not a response that breaks off.
        if (!isInterrupted(error)) throw error;
        await sleep(waitMs);
      }
    }
    return onePiece(first, last);
  }

  async function onePiece(first: number, last: number): Promise<Piece> {
    const Range = `bytes=${first}-${last - 1}`;
    const {
      Body,
      ContentRange = "",
      ETag,
    } = await client.send(new GetObjectCommand({ ...object, Range }));
    const size = Number(/\/(\d+)$/.exec(ContentRange)?.[1]);
    const bytes = await Body!.transformToByteArray();
    if (bytes.length !== Math.min(last, size) - first)
      throw new StorageUnavailable(truncatedMessage);
    return { bytes, size, tag: ETag };
  }
}

function isInterrupted(error: unknown): boolean {
  return !(error as { $metadata?: object }).$metadata;
}

/** Reads an object piece by piece, each with a request of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { StorageAway } from "../storage.ts";
import { isBehindEnd } from "./errors.ts";

/**
 * Large enough that one read ahead hides the way to the bucket; small enough that a merge of a
 * hundred files has room for two of each.
 */
const pieceSize = 512 * 1024;
const retryAfterMs = [200, 1_000];

const changed = "A file has changed while it was read";
const short = "The file storage sent less than it was asked for";

interface Piece {
  bytes: Uint8Array;
  /** Of the whole object: where it ends, and which state of it this was. */
  size: number;
  tag: string | undefined;
}

/**
 * No connection stays open between two pieces: whoever reads slowly, or from many objects in turn,
 * takes none from others, and is not cut off for being silent.
 * @throws what the client throws, and StorageAway where the object changed meanwhile
 */
export async function* readPieces(
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
    if (!read || read.tag !== tag) throw new StorageAway(changed);
    at += read.bytes.length;
    const end = Math.min(to, read.size);
    if (at < end) {
      next = piece(at, Math.min(at + pieceSize, end));
      // Nobody may come for it.
      next.catch(() => {});
    }
    yield read.bytes;
    if (at >= end) return;
  }

  /** @returns undefined for a place behind the end */
  async function piece(first: number, last: number): Promise<Piece | undefined> {
    for (const waitMs of retryAfterMs) {
      try {
        return await onePiece(first, last);
      } catch (error) {
        if (isBehindEnd(error)) return undefined;
        // The client tries again what was not answered, but not what breaks off after that.
        if (!brokeOff(error)) throw error;
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
    if (bytes.length !== Math.min(last, size) - first) throw new StorageAway(short);
    return { bytes, size, tag: ETag };
  }
}

function brokeOff(error: unknown): boolean {
  return !(error as { $metadata?: object }).$metadata;
}

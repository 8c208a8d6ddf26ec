/** Partial files as multipart uploads: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type Part,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { InterruptibleSource } from "../interruptible-source.ts";
import { type Chunks, KeyNotFound, type PartialFiles, type Storage } from "../storage.ts";
import { bucketError } from "./errors.ts";

interface Bucket {
  client: S3Client;
  bucket: string;
  partSize: number;
  /** The key in the bucket. */
  keyOf(key: string): string;
  storage: Pick<Storage, "read" | "size" | "deleteAll">;
}

/**
 * The handle is the id of a multipart upload. All its parts have the same size, so that a part has the
 * same bytes whoever sends it. S3 accepts no smaller part but the last: the bytes behind the last whole
 * part are an object of their own, the tail, whose name is the number of the part that it begins.
 */
export function createPartialBucketFiles(parts: Bucket): PartialFiles {
  const { client, bucket, partSize, keyOf, storage } = parts;
  const uploadOf = (key: string, handle: string) => {
    return { Bucket: bucket, Key: keyOf(key), UploadId: handle };
  };

  async function create(key: string): Promise<string> {
    const created = new CreateMultipartUploadCommand({ Bucket: bucket, Key: keyOf(key) });
    return (await client.send(created).catch(throwBucketError)).UploadId!;
  }

  /** @returns undefined if the upload was completed or aborted */
  async function listParts(key: string, handle: string): Promise<Part[] | undefined> {
    const found: Part[] = [];
    for (let next: string | undefined, more = true; more; ) {
      const input = { ...uploadOf(key, handle), PartNumberMarker: next };
      let page: ListPartsCommandOutput;
      try {
        page = await client.send(new ListPartsCommand(input));
      } catch (error) {
        if ((error as Error).name === "NoSuchUpload") return undefined;
        throw bucketError(error);
      }
      found.push(...(page.Parts ?? []));
      next = page.NextPartNumberMarker;
      more = page.IsTruncated === true && next !== undefined;
    }
    return found;
  }

  async function size(key: string, handle: string): Promise<number | undefined> {
    const sent = await listParts(key, handle);
    if (!sent) return undefined;
    const tail = (await storage.size(tailKey(key, sent.length + 1))) ?? 0;
    return sent.reduce((sum, part) => sum + part.Size!, tail);
  }

  async function append(key: string, handle: string, at: number, chunks: Chunks): Promise<number> {
    const source = new InterruptibleSource(chunks);
    let number = Math.floor(at / partSize) + 1;
    const tailSize = at % partSize;
    let isTailSaved = tailSize > 0;
    const part = Buffer.allocUnsafeSlow(partSize);
    let filled = 0;
    if (isTailSaved) {
      const tail = storage.read(tailKey(key, number), { to: tailSize });
      for await (const chunk of tail) filled += fill(chunk);
      if (filled < tailSize) throw new KeyNotFound(tailKey(key, number));
    }

    function fill(chunk: Uint8Array): number {
      part.set(chunk, filled);
      return chunk.length;
    }

    for await (const chunk of source) {
      for (let read = 0; read < chunk.length; ) {
        const piece = chunk.subarray(read, read + partSize - filled);
        filled += fill(piece);
        read += piece.length;
        if (filled < partSize) continue;
        await sendPart(key, handle, number++, part);
        if (isTailSaved) await deleteTails(key);
        isTailSaved = false;
        filled = 0;
      }
    }
    if (filled > 0) await saveTail(key, handle, number, part.subarray(0, filled));
    source.rethrow();
    return (number - 1) * partSize + filled;
  }

  async function sendPart(key: string, handle: string, PartNumber: number, Body: Uint8Array) {
    const input = { ...uploadOf(key, handle), PartNumber, Body, ContentLength: Body.length };
    return client.send(new UploadPartCommand(input)).catch((error) => {
      throw error.name === "NoSuchUpload" ? new KeyNotFound(key) : bucketError(error);
    });
  }

  /** A tail without its upload would be left behind for ever. */
  async function saveTail(key: string, handle: string, number: number, Body: Uint8Array) {
    const Key = keyOf(tailKey(key, number));
    const input = { Bucket: bucket, Key, Body, ContentLength: Body.length };
    await client.send(new PutObjectCommand(input)).catch(throwBucketError);
    if (await listParts(key, handle)) return;
    await deleteTails(key);
    throw new KeyNotFound(key);
  }

  function deleteTails(key: string): Promise<void> {
    return storage.deleteAll(`${key}.parts/`);
  }

  async function complete(key: string, handle: string): Promise<void> {
    const sent = await listParts(key, handle);
    if (!sent) return assertComplete(key);
    try {
      await joinParts(key, handle, sent);
    } catch (error) {
      // Another process may complete the file at any moment, after which parts and tail are gone.
      if (!(error instanceof KeyNotFound)) throw error;
      await assertComplete(key);
    }
    await deleteTails(key);
  }

  /** @throws KeyNotFound if the upload or its tail is gone */
  async function joinParts(key: string, handle: string, sent: Part[]): Promise<void> {
    const tail = tailKey(key, sent.length + 1);
    const rest = (await storage.size(tail)) === undefined ? undefined : await readAll(tail);
    if (rest || sent.length === 0) {
      const number = sent.length + 1;
      const { ETag } = await sendPart(key, handle, number, rest ?? Buffer.alloc(0));
      sent.push({ PartNumber: number, ETag });
    }
    const Parts = sent.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const input = { ...uploadOf(key, handle), MultipartUpload: { Parts } };
    await client.send(new CompleteMultipartUploadCommand(input)).catch((error) => {
      throw error.name === "NoSuchUpload" ? new KeyNotFound(key) : bucketError(error);
    });
  }

  /** @throws KeyNotFound unless another process has completed the file */
  async function assertComplete(key: string): Promise<void> {
    if ((await storage.size(key)) === undefined) throw new KeyNotFound(key);
  }

  async function readAll(key: string): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of storage.read(key)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async function remove(key: string, handle: string): Promise<void> {
    try {
      await client.send(new AbortMultipartUploadCommand(uploadOf(key, handle)));
    } catch (error) {
      if ((error as Error).name !== "NoSuchUpload") throw bucketError(error);
    }
    await deleteTails(key);
  }

  return { create, size, append, complete, delete: remove };
}

function tailKey(key: string, number: number): string {
  return `${key}.parts/${number}`;
}

function throwBucketError(error: unknown): never {
  throw bucketError(error);
}

/** Storage in a bucket of Amazon S3, or of a server that speaks its protocol: for many machines. */
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { type Chunks, NotStored, partsOf, type Storage, StorageAway } from "../storage.ts";
import { Blocks } from "./blocks.ts";
import type { BucketAddress } from "./bucket-address.ts";
import { bucketError, isMissingObject } from "./errors.ts";
import { readPieces } from "./read.ts";

/**
 * What is no larger goes in one request. A file may have ten thousand parts: 100 GB, as much as
 * `UPLOAD_LIMIT_MB` allows. A writer holds two or three of them.
 */
const partSize = 10 * 1024 * 1024;
/** Longer than any upload takes: one that is still coming in is never taken for a leftover. */
const staleAfterMs = 7 * 24 * 3_600_000;
const removedAtOnce = 8;

/** Credentials are the environment's, as the SDK finds them: variables, profiles, roles. */
export function createBucketStorage(address: BucketAddress): Storage {
  const { bucket: Bucket, prefix } = address;
  // So many that no request waits for a turn: the client would take that for a server that is away.
  const agent = { keepAlive: true, maxSockets: 256 };
  const client = new S3Client({
    ...(address.endpoint && { endpoint: address.endpoint }),
    ...(address.region && { region: address.region }),
    forcePathStyle: address.pathStyle,
    // Many servers that stand in for Amazon's know none of the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: 20_000,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });

  const keyOf = (key: string) => prefix + partsOf(key).join("/");
  // No key begins with a dot, so none can name it.
  const probe = { Bucket, Key: `${prefix}.writable` };

  async function prepare(): Promise<void> {
    try {
      await list(prefix, 1);
      await client.send(new PutObjectCommand({ ...probe, Body: "for a moment" }));
      await client.send(new DeleteObjectCommand(probe));
    } catch (error) {
      const { message } = bucketError(error) as Error;
      const place = `bucket "${Bucket}" at ${address.endpoint ?? "Amazon S3"}`;
      throw new StorageAway(`${message} (${place})`, { cause: error });
    }
    // Not every server or policy lets it; a rule of the bucket does the same.
    await removeStaleUploads().catch(() => {});
  }

  /** Their parts are paid for, and listed nowhere else. */
  async function removeStaleUploads(): Promise<void> {
    const listed = new ListMultipartUploadsCommand({ Bucket, Prefix: prefix });
    const { Uploads = [] } = await client.send(listed);
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (Date.now() - (Initiated?.getTime() ?? Date.now()) < staleAfterMs) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  }

  async function write(key: string, chunks: Chunks): Promise<{ size: number }> {
    const source = new Blocks(chunks);
    const Body = ReadableStream.from(source);
    const params = { Bucket, Key: keyOf(key), Body };
    try {
      // One part at a time: where one fails, no other goes on reading the source.
      await new Upload({ client, params, partSize, queueSize: 1 }).done();
      return { size: source.size };
    } catch (error) {
      // The first error is the one to tell: taking back what was sent may fail as well.
      if (source.failure) throw source.failure.error;
      throw bucketError(error);
    } finally {
      // Where a part failed, the source is told that nobody reads on.
      await Body.cancel().catch(() => {});
    }
  }

  async function* read(key: string, range: { from?: number; to?: number } = {}) {
    const object = { Bucket, Key: keyOf(key) };
    try {
      yield* readPieces(client, object, range);
    } catch (error) {
      throw isMissingObject(error) ? new NotStored(key) : bucketError(error);
    }
  }

  async function size(key: string): Promise<number | undefined> {
    const Key = keyOf(key);
    try {
      return (await client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength;
    } catch (error) {
      if (!isMissingObject(error)) throw bucketError(error);
      // The answer to a HEAD does not tell a missing object from a missing bucket.
      await list(Key, 1);
      return undefined;
    }
  }

  async function remove(key: string): Promise<void> {
    await removeObject(keyOf(key));
  }

  async function removeObject(Key: string): Promise<void> {
    await client.send(new DeleteObjectCommand({ Bucket, Key })).catch(tellInWords);
  }

  function list(
    Prefix: string,
    MaxKeys?: number,
    ContinuationToken?: string,
  ): Promise<ListObjectsV2CommandOutput> {
    const asked = { Bucket, Prefix, MaxKeys, ContinuationToken };
    return client.send(new ListObjectsV2Command(asked)).catch(tellInWords);
  }

  async function keys(folder: string): Promise<string[]> {
    const inFolder = `${keyOf(folder.replace(/\/$/, ""))}/`;
    const found: string[] = [];
    for (let next: string | undefined, more = true; more; more = next !== undefined) {
      const page = await list(inFolder, undefined, next);
      for (const { Key } of page.Contents ?? []) found.push(Key!.slice(prefix.length));
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    }
    return found;
  }

  /** One by one: the request that takes many at once differs between servers. */
  async function removeAll(folder: string): Promise<void> {
    const Prefix = `${keyOf(folder.replace(/\/$/, ""))}/`;
    for (;;) {
      const page = await list(Prefix);
      const keys = (page.Contents ?? []).map(({ Key }) => Key!);
      const removing = Array.from({ length: removedAtOnce }, async () => {
        for (let key = keys.pop(); key !== undefined; key = keys.pop()) await removeObject(key);
      });
      await Promise.all(removing);
      if (!page.IsTruncated) return;
    }
  }

  return { prepare, write, read, size, keys, remove, removeAll };
}

function tellInWords(error: unknown): never {
  throw bucketError(error);
}

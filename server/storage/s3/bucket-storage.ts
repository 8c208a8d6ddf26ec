/** Storage in a bucket of Amazon S3 or of a compatible server, for many machines. */
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
import type { BucketAddress } from "../bucket-address.ts";
import {
  type Chunks,
  KeyNotFound,
  parseFolder,
  parseKey,
  type Storage,
  StorageUnavailable,
} from "../storage.ts";
import { Blocks } from "./blocks.ts";
import { bucketError, isMissingObject } from "./errors.ts";
import { createPartialBucketFiles } from "./partial-bucket-files.ts";
import { readObject } from "./read-object.ts";

/**
 * A smaller file is sent in one request. S3 allows ten thousand parts: 100 GB, the maximum of
 * `UPLOAD_LIMIT_MB`. A writer holds two or three parts in memory.
 */
const partSize = 10 * 1024 * 1024;
/** No upload takes this long, so an older unfinished one is abandoned. */
const abandonedAfterMs = 7 * 24 * 3_600_000;
const concurrentDeletes = 8;

/** The SDK finds the credentials in its environment: variables, profiles, roles. */
export function createBucketStorage(address: BucketAddress): Storage {
  const { bucket, prefix } = address;
  const Bucket = bucket;
  // Enough sockets that no request queues: the client counts queueing towards its timeouts.
  const agent = { keepAlive: true, maxSockets: 256 };
  const client = new S3Client({
    ...(address.endpoint && { endpoint: address.endpoint }),
    ...(address.region && { region: address.region }),
    forcePathStyle: address.pathStyle,
    // Many S3-compatible servers do not support the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: 20_000,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });

  const keyOf = (key: string) => prefix + parseKey(key).join("/");
  const folderKey = (folder: string) => `${keyOf(folder.replace(/\/$/, ""))}/`;
  // No key begins with a dot, so no key can collide with it.
  const probe = { Bucket, Key: `${prefix}.writable` };

  async function prepare(): Promise<void> {
    try {
      await listPage(prefix, 1);
      await client.send(new PutObjectCommand({ ...probe, Body: "probe" }));
      await client.send(new DeleteObjectCommand(probe));
    } catch (error) {
      const { message } = bucketError(error) as Error;
      const place = `bucket "${Bucket}" at ${address.endpoint ?? "Amazon S3"}`;
      throw new StorageUnavailable(`${message} (${place})`, { cause: error });
    }
    // Some servers and policies forbid this; a lifecycle rule of the bucket does the same.
    await abortAbandonedUploads().catch(() => {});
  }

  /** Parts of unfinished uploads cost money and appear in no listing of keys. */
  async function abortAbandonedUploads(): Promise<void> {
    const listed = new ListMultipartUploadsCommand({ Bucket, Prefix: prefix });
    const { Uploads = [] } = await client.send(listed);
    for (const { Key, UploadId, Initiated } of Uploads) {
      if (Date.now() - (Initiated?.getTime() ?? Date.now()) < abandonedAfterMs) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  }

  async function save(key: string, chunks: Chunks): Promise<{ size: number }> {
    const source = new Blocks(chunks);
    const Body = ReadableStream.from(source);
    const params = { Bucket, Key: keyOf(key), Body };
    try {
      // One part at a time, so that no other part reads the source after a failure.
      await new Upload({ client, params, partSize, queueSize: 1 }).done();
      return { size: source.size };
    } catch (error) {
      // An error of the source counts first: aborting the upload may have failed because of it.
      if (source.failure) throw source.failure.error;
      throw bucketError(error);
    } finally {
      // After a failed part, closes the source.
      await Body.cancel().catch(() => {});
    }
  }

  async function* read(key: string, range: { from?: number; to?: number } = {}) {
    const object = { Bucket, Key: keyOf(key) };
    try {
      yield* readObject(client, object, range);
    } catch (error) {
      throw isMissingObject(error) ? new KeyNotFound(key) : bucketError(error);
    }
  }

  async function size(key: string): Promise<number | undefined> {
    const Key = keyOf(key);
    try {
      return (await client.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength;
    } catch (error) {
      if (!isMissingObject(error)) throw bucketError(error);
      // The response to a HEAD does not distinguish a missing object from a missing bucket.
      await listPage(Key, 1);
      return undefined;
    }
  }

  async function deleteObject(Key: string): Promise<void> {
    await client.send(new DeleteObjectCommand({ Bucket, Key })).catch(throwBucketError);
  }

  function listPage(
    Prefix: string,
    MaxKeys?: number,
    ContinuationToken?: string,
  ): Promise<ListObjectsV2CommandOutput> {
    const input = { Bucket, Prefix, MaxKeys, ContinuationToken };
    return client.send(new ListObjectsV2Command(input)).catch(throwBucketError);
  }

  async function list(folder: string): Promise<string[]> {
    const inFolder = `${prefix}${parseFolder(folder).join("/")}/`;
    const found: string[] = [];
    for (let next: string | undefined, more = true; more; more = next !== undefined) {
      const page = await listPage(inFolder, undefined, next);
      for (const { Key } of page.Contents ?? []) found.push(Key!.slice(prefix.length));
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    }
    return found;
  }

  /** Deletes one by one, because servers differ in the request that deletes many. */
  async function deleteAll(folder: string): Promise<void> {
    const Prefix = folderKey(folder);
    for (;;) {
      const page = await listPage(Prefix);
      const keys = (page.Contents ?? []).map(({ Key }) => Key!);
      const deletions = Array.from({ length: concurrentDeletes }, async () => {
        for (let key = keys.pop(); key !== undefined; key = keys.pop()) await deleteObject(key);
      });
      await Promise.all(deletions);
      if (!page.IsTruncated) return;
    }
  }

  const partialFiles = createPartialBucketFiles({
    ...{ client, bucket, partSize, keyOf },
    storage: { read, size, deleteAll },
  });
  return {
    ...{ partialFiles, prepare, save, read, size, list, deleteAll },
    delete: (key) => deleteObject(keyOf(key)),
  };
}

function throwBucketError(error: unknown): never {
  throw bucketError(error);
}

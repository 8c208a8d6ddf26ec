/** The only place that knows which storages there are. */
import type { Config } from "../config.ts";
import { createDiskStorage } from "./disk/disk.ts";
import type { Storage } from "./storage.ts";

/** In the bucket where there is one, else in a folder; nothing is asked or written yet. */
export async function openStorage({
  bucket,
  storageDir,
}: Pick<Config, "bucket" | "storageDir">): Promise<Storage> {
  if (!bucket) return createDiskStorage(storageDir);
  // Its client takes its time to load, which those without a bucket need not spend.
  const { createBucketStorage } = await import("./s3/s3.ts");
  return createBucketStorage(bucket);
}

/** For the start of a process. @throws what keeps files from being kept, in words */
export async function prepareStorage(config: Parameters<typeof openStorage>[0]): Promise<Storage> {
  const storage = await openStorage(config);
  await storage.prepare();
  return storage;
}

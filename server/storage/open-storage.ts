/** Chooses the storage by the settings. No other file knows the implementations. */
import type { Config } from "../config.ts";
import { createDiskStorage } from "./disk/disk-storage.ts";
import type { Storage } from "./storage.ts";

/** Opens the bucket if one is set, else the folder. Sends no request and writes nothing yet. */
export async function openStorage({
  bucket,
  storageDir,
}: Pick<Config, "bucket" | "storageDir">): Promise<Storage> {
  if (!bucket) return createDiskStorage(storageDir);
  // Imported on demand, because the AWS client is slow to load.
  const { createBucketStorage } = await import("./s3/bucket-storage.ts");
  return createBucketStorage(bucket);
}

/**
 * Opens the storage at the start of a process and checks that it can be written to.
 * @throws an error whose message says what is wrong
 */
export async function prepareStorage(config: Parameters<typeof openStorage>[0]): Promise<Storage> {
  const storage = await openStorage(config);
  await storage.prepare();
  return storage;
}

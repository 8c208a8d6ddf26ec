/** The places in which a backup may be: a local file or an object of a bucket. */
import { constants, createWriteStream } from "node:fs";
import { link, open, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readBucketAddress } from "../storage/bucket-address.ts";
import { openStorage } from "../storage/open-storage.ts";

/**
 * Saves an archive. A file appears under its name when it is complete and on the disk.
 * @param place a path, or `s3://bucket/folder/name.zip?region=…`
 * @throws if a file of this name exists, and errors of the archive and of the place
 */
export async function saveBackup(place: string, archive: AsyncIterable<Uint8Array>): Promise<void> {
  if (place.startsWith("s3:")) {
    const { storage, key } = await openBucket(place);
    await storage.save(key, archive);
    return;
  }
  const path = resolve(place);
  const partial = `${path}.${process.pid}.partial`;
  try {
    const output = createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true });
    await pipeline(Readable.from(archive, { objectMode: false }), output);
    // Unlike a rename, never over an older backup.
    await link(partial, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(partial, { force: true });
  }
}

/**
 * Makes the archive a local file.
 * @param folder for a copy of an object
 * @returns its path
 */
export async function fetchBackup(place: string, folder: string): Promise<string> {
  if (!place.startsWith("s3:")) return resolve(place);
  const { storage, key } = await openBucket(place);
  const path = `${folder}/backup.zip`;
  await pipeline(Readable.from(storage.read(key)), createWriteStream(path, { mode: 0o600 }));
  return path;
}

/** The last two parts of the path are the key, because every key has a folder. */
async function openBucket(place: string) {
  const address = readBucketAddress(place);
  if (typeof address === "string") throw new Error(`The place of the backup ${address}`);
  const parts = address.prefix.split("/").filter(Boolean);
  if (parts.length < 2) {
    throw new Error("Give the backup a folder and a name: s3://bucket/backups/monday.zip");
  }
  const key = parts.slice(-2).join("/");
  const prefix = parts
    .slice(0, -2)
    .map((part) => `${part}/`)
    .join("");
  const storage = await openStorage({ bucket: { ...address, prefix }, storageDir: "" });
  return { storage, key };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Puts a backup in the place of a database and its files. Nobody may use them meanwhile. */
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Backend } from "../backend/backend.ts";
import { openBackend } from "../backend/open.ts";
import { pauseRestoredJobs } from "../engine/pause-restored.ts";
import { moveRestoredSchedules } from "../engine/schedules/move-schedules.ts";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { moveDatabase } from "../transfer/move-database.ts";
import { databaseName, keyOfName, secretName } from "./manifest.ts";
import type { Archive } from "./read-archive.ts";
import { swapFolder } from "./swap-folder.ts";

export interface Restored {
  /** ms since 1970 */
  backupAt: number;
  files: number;
  pausedJobs: number;
  /** The folder with the data that was replaced, or null if there was none. */
  before: string | null;
}

/**
 * Restores into a folder: its database, files and secret. What is there is kept in a folder beside.
 * @param bucket the storage of the files, if it is not the folder
 * @throws if the backup is damaged or newer than this version; then nothing has changed
 */
export async function restoreIntoFolder(
  archive: Archive,
  storageDir: string,
  bucket: Storage | null = null,
): Promise<Restored> {
  return inStaging(storageDir, async (staging) => {
    const storage = bucket ?? (await openStorage({ bucket: null, storageDir: staging }));
    const files = await restoreFiles(archive, storage);
    await restoreSecret(archive, staging);
    const pausedJobs = await restoreDatabase(archive, join(staging, databaseName), storage);
    const before = await swapFolder(staging, storageDir);
    return { backupAt: archive.manifest.backupAt, files, pausedJobs, before };
  });
}

/** The name of every backup in the row of a transfer. */
const peer = "a backup";

/**
 * Restores into an empty Postgres and the storage. Other files in the storage stay.
 * @throws if the database has data, and as `restoreIntoFolder`
 */
export async function restoreIntoPostgres(
  archive: Archive,
  target: {
    to: Backend;
    /** The address of the database, without its password. */
    name: string;
    storage: Storage;
    storageDir: string;
    /** Folders of kinds, which may have tables of their own. */
    jobsDirs: readonly string[];
  },
): Promise<Restored> {
  const { to, name, storage, storageDir, jobsDirs } = target;
  return inStaging(storageDir, async (staging) => {
    const path = join(staging, databaseName);
    const files = await restoreFiles(archive, storage);
    const pausedJobs = await restoreDatabase(archive, path, storage, jobsDirs);
    const from = await openBackend(path, { mustExist: true });
    try {
      await insertSecret(archive, from);
      await moveDatabase({ from, to, names: { from: peer, to: name } });
    } finally {
      await from.close();
    }
    return { backupAt: archive.manifest.backupAt, files, pausedJobs, before: null };
  });
}

/** Web processes on Postgres share a generated secret through the database. */
async function insertSecret(archive: Archive, { db }: Backend): Promise<void> {
  if (!hasSecret(archive)) return;
  const row = { name: "generated", value: await text(archive.read(secretName)) } as const;
  await db
    .insertInto("secrets")
    .values(row)
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}

function hasSecret({ manifest }: Archive): boolean {
  return manifest.entries.some(({ name }) => name === secretName);
}

async function inStaging<T>(storageDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(storageDir, { recursive: true, mode: 0o700 });
  const staging = await mkdtemp(join(storageDir, ".restore-"));
  try {
    return await work(staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function restoreFiles(archive: Archive, storage: Storage): Promise<number> {
  let files = 0;
  for (const { name } of archive.manifest.entries) {
    const key = keyOfName(name);
    if (key === undefined) continue;
    await storage.save(key, archive.read(name));
    files++;
  }
  return files;
}

async function restoreSecret(archive: Archive, folder: string): Promise<void> {
  if (!hasSecret(archive)) return;
  const path = join(folder, secretName);
  await pipeline(archive.read(secretName), createWriteStream(path, { mode: 0o600, flush: true }));
}

/** @returns the number of jobs that it paused */
async function restoreDatabase(
  archive: Archive,
  path: string,
  storage: Storage,
  jobsDirs: readonly string[] = [],
): Promise<number> {
  await pipeline(archive.read(databaseName), createWriteStream(path, { mode: 0o600, flush: true }));
  const backend = await openBackend(path, { mustExist: true, check: true });
  try {
    await backend.migrate({ jobsDirs });
    for (const table of ["workers", "running_backups", "transfers", "partial_uploads"] as const) {
      await backend.db.deleteFrom(table).execute();
    }
    await markMissingFiles(backend, storage);
    await moveRestoredSchedules(backend, archive.manifest.backupAt);
    return await pauseRestoredJobs(backend, archive.manifest.backupAt);
  } finally {
    await backend.close();
  }
}

/** Files that were missing when the backup was made, such as those that had just expired. */
async function markMissingFiles({ db, now }: Backend, storage: Storage): Promise<void> {
  const files = await db
    .selectFrom("files")
    .select(["id", "storage_key"])
    .where("deleted_at", "is", null)
    .execute();
  for (const { id, storage_key } of files) {
    if ((await storage.size(storage_key)) !== undefined) continue;
    await db.updateTable("files").set({ deleted_at: now() }).where("id", "=", id).execute();
  }
}

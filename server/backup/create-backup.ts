/** Writes all data of a running application into one archive. */
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Backend } from "../backend/backend.ts";
import { openBackend } from "../backend/open.ts";
import type { Storage } from "../storage/storage.ts";
import { copyTables } from "../transfer/copy-tables.ts";
import { beginTransfer } from "../transfer/transfers.ts";
import { holdWorkingFiles } from "./backup-hold.ts";
import { listNamedKeys, listWorkingKeys } from "./list-backup-keys.ts";
import { databaseName, nameOfKey, secretName } from "./manifest.ts";
import { type ArchiveSource, writeArchive } from "./write-archive.ts";

export interface BackupParts {
  /** Migrated. */
  backend: Backend;
  storage: Storage;
  /** A folder with space for a copy of the database. */
  storageDir: string;
  /** The generated secret, or null if the operator has it as a setting. */
  secret: string | null;
  /** Folders of kinds, which may have tables of their own. */
  jobsDirs: readonly string[];
}

export interface CreatedBackup {
  files: number;
  /** Keys that rows name and the storage does not have. */
  missing: string[];
}

/**
 * The database as it was at one moment, then exactly the files that its rows name: files never change
 * once they have a row.
 * @param save stores the bytes of the archive
 * @throws if there is no space for the copy, the database is damaged, or the archive cannot be stored
 */
export async function createBackup(
  { backend, storage, storageDir, secret, jobsDirs }: BackupParts,
  save: (archive: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<CreatedBackup> {
  const release = await holdWorkingFiles(backend);
  const folder = await mkdtemp(join(storageDir, ".backup-"));
  try {
    const path = join(folder, databaseName);
    const backupAt = backend.now();
    await copyDatabase(backend, path, storageDir, jobsDirs);
    const { keys, missing } = await listFiles(path, storage);
    const sources: ArchiveSource[] = [
      { name: databaseName, read: () => createReadStream(path) },
      ...keys.map((key) => ({ name: nameOfKey(key), read: () => storage.read(key) })),
    ];
    if (secret)
      sources.push({ name: secretName, read: () => Readable.from([Buffer.from(secret)]) });
    await save(writeArchive(sources, backupAt));
    return { files: keys.length, missing };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await release();
  }
}

/** Both databases become a SQLite file, which can be restored into either. */
async function copyDatabase(
  backend: Backend,
  path: string,
  storageDir: string,
  jobsDirs: readonly string[],
): Promise<void> {
  if (backend.copyTo) {
    await refuseFullDisk(join(storageDir, databaseName), storageDir);
    return backend.copyTo(path);
  }
  const copy = await openBackend(path);
  try {
    await copy.migrate({ jobsDirs });
    const source = await backend.openTableTransfer();
    const target = await copy.openTableTransfer();
    try {
      await source.freeze();
      const shapes = (await source.describe())!;
      await beginTransfer(copy, "in", "a backup");
      await target.empty(shapes);
      await copyTables({ from: source, to: target, shapes, progress: {} });
      await target.finish(shapes);
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  } finally {
    await copy.close();
  }
}

async function refuseFullDisk(database: string, folder: string): Promise<void> {
  const needed = (await stat(database)).size;
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize > needed) return;
  throw new Error(
    `${folder} needs ${megabytes(needed)} MB for a copy of the database and has ${megabytes(bavail * bsize)} MB`,
  );
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toLocaleString("en");
}

async function listFiles(
  path: string,
  storage: Storage,
): Promise<{ keys: string[]; missing: string[] }> {
  const keys: string[] = [];
  const missing: string[] = [];
  for (const key of await listKeys(path, storage)) {
    ((await storage.size(key)) === undefined ? missing : keys).push(key);
  }
  return { keys, missing };
}

async function listKeys(path: string, storage: Storage): Promise<string[]> {
  const copy = await openBackend(path, { mustExist: true });
  try {
    return [...(await listWorkingKeys(copy, storage)), ...(await listNamedKeys(copy))];
  } finally {
    await copy.close();
  }
}

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";

/** A folder that is deleted when the test ends. */
export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "headway-storage-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export async function temporaryStorage() {
  const dir = await temporaryDir();
  return { dir, storage: createDiskStorage(dir) };
}

/** All files below a folder, partial ones too: `["uploads/a"]`. */
export async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

export function bytes(text: string): Uint8Array[] {
  return [Buffer.from(text)];
}

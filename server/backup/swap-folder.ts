import { constants, existsSync } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unfinishedRestore } from "../backend/unfinished-restore.ts";

/** A left log beside a restored database would bring newer rows back. */
const replacedNames = [
  ...["headway.db", "headway.db-wal", "headway.db-shm"],
  ...["uploads", "jobs", ".partial", "secret"],
];
const restoredNames = ["headway.db", "uploads", "jobs", "secret"];

/**
 * Puts the contents of `from` in the place of those of `to`, with renames alone. A start refuses a
 * folder in which this was interrupted; restoring again repairs it.
 * @param from a folder in `to`
 * @returns the folder that has the replaced contents, or null if there were none
 */
export async function swapFolder(from: string, to: string): Promise<string | null> {
  const marker = unfinishedRestore(to);
  await writeFile(marker, "", { mode: 0o600, flush: true });
  await sync(to);
  const replaced = replacedNames.filter((name) => existsSync(join(to, name)));
  // Every command makes a secret where there is none; alone it is no data.
  if (replaced.join() === "secret") replaced.pop();
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const before = join(to, `before-restore-${time}`);
  if (replaced.length > 0) await mkdir(before, { mode: 0o700 });
  for (const name of replaced) await rename(join(to, name), join(before, name));
  for (const name of restoredNames) {
    if (existsSync(join(from, name))) await rename(join(from, name), join(to, name));
  }
  await sync(to);
  await rm(marker);
  await sync(to);
  return replaced.length > 0 ? before : null;
}

/** Makes the names in a folder survive a power cut. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

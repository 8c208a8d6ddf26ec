import { open, rm } from "node:fs/promises";
import Database from "better-sqlite3";
import { DatabaseRefused } from "../database-refused.ts";
import { openFile } from "./open-file.ts";

/** Each step blocks the event loop for some milliseconds. */
const pagesPerStep = 500;

/**
 * Copies the database as it is now to a new file, while others write.
 *
 * SQLite's backup begins anew whenever another process commits, and then never ends. The source inside
 * of a read transaction sees no commit. The log cannot shrink meanwhile.
 * @throws DatabaseRefused if the copy is damaged, which means that the source is
 */
export async function copyFile(from: string, to: string): Promise<void> {
  // With its final permissions, and never over another file.
  await (await open(to, "wx", 0o600)).close();
  try {
    const source = openFile(from, "normal");
    try {
      source.exec("begin");
      source.prepare("select count(*) from sqlite_schema").get();
      await source.backup(to, { progress: () => pagesPerStep });
      source.exec("commit");
    } finally {
      source.close();
    }
    seal(from, to);
    const copy = await open(to, "r+");
    await copy.sync();
    await copy.close();
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

/** Checks the copy, and makes it a single file without a log beside it. */
function seal(from: string, path: string): void {
  const file = new Database(path, { fileMustExist: true });
  try {
    file.pragma("journal_mode = delete");
    const found = file.pragma("quick_check(1)", { simple: true });
    if (found !== "ok") throw new DatabaseRefused(`${from} is damaged: ${found}`);
  } finally {
    file.close();
  }
}

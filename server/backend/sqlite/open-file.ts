/** Opens connections to the database file, and says in one line why it cannot be used. */
import { chmodSync, closeSync, existsSync, linkSync, openSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { DatabaseRefused } from "../database-refused.ts";
import { unfinishedRestore } from "../unfinished-restore.ts";

/** A transaction fails if other processes keep writing for this long. */
export const busyTimeoutMs = 5_000;
/** After a burst of writes beside a long reader the log shrinks to this size again. */
const maxIdleLogBytes = 64 * 1024 * 1024;
/** A check reads the whole file: half a second for this size. */
const maxCheckedBytes = 256 * 1024 * 1024;

const maxFindings = 20;

const restoreHint = "Restore a backup (npm run restore -- FILE); npm run doctor shows the damage";

/**
 * Creates the file, readable by its owner alone, if there is none. Makes an existing one so.
 * @throws DatabaseRefused for an empty file beside the files of a database, and in a folder in which a
 * restore was interrupted
 */
export function prepareFile(path: string): void {
  if (existsSync(unfinishedRestore(dirname(path)))) {
    throw new DatabaseRefused(
      `a restore into ${dirname(path)} was interrupted. Run npm run restore again`,
    );
  }
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) {
    createFile(path);
    return;
  }
  if (found.size === 0) refuseLostContent(path);
  // SQLite gives its other files the permissions of this one.
  if (found.mode & 0o077 && found.uid === process.getuid?.()) chmodSync(path, 0o600);
}

/** A disk that was full, or a tool, may leave an empty file, on which SQLite begins anew in silence. */
function refuseLostContent(path: string): void {
  const folder = dirname(path);
  const beside = ["secret", "uploads", "jobs"].find((name) => existsSync(join(folder, name)));
  if (!beside) return;
  throw new DatabaseRefused(
    `${path} is empty, although ${join(folder, beside)} is not new. Restore a backup (npm run restore -- FILE), or delete the empty file to begin anew`,
  );
}

/** Creates it atomically, so that processes that start together never see an empty file. */
function createFile(path: string): void {
  const partial = `${path}.${process.pid}`;
  // An earlier process of the same number was killed and left it.
  rmSync(partial, { force: true });
  try {
    closeSync(openSync(partial, "wx", 0o600));
    const file = new Database(partial);
    file.pragma("journal_mode = wal");
    file.close();
    linkSync(partial, path);
  } catch (error) {
    // Another process created it first.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * Opens a connection to an existing file.
 * @param synchronous `full`: every commit waits for the disk; `normal`: see `commit-flush.ts`
 * @throws DatabaseRefused if the file is missing, damaged, or no database
 */
export function openFile(path: string, synchronous: "full" | "normal"): Database.Database {
  let file: Database.Database | undefined;
  try {
    file = new Database(path, { timeout: busyTimeoutMs, fileMustExist: true });
    file.pragma("journal_mode = wal");
    file.pragma(`synchronous = ${synchronous}`);
    file.pragma(`journal_size_limit = ${maxIdleLogBytes}`);
    file.pragma("foreign_keys = on");
    file.pragma("cache_size = -16000");
    return file;
  } catch (error) {
    file?.close();
    throw explained(path, error);
  }
}

/**
 * Looks for damage. Leaves large files to `npm run doctor`.
 * @throws DatabaseRefused
 */
export function checkFile(file: Database.Database): void {
  if ((statSync(file.name, { throwIfNoEntry: false })?.size ?? 0) > maxCheckedBytes) return;
  try {
    const found = file.pragma("quick_check(1)", { simple: true });
    if (found !== "ok") throw damaged(file.name);
  } catch (error) {
    throw explained(file.name, error);
  }
}

/** Checks pages, indexes and foreign keys. @returns a line for each of the first problems */
export function findDamage(file: Database.Database): string[] {
  try {
    const found = file.pragma(`integrity_check(${maxFindings})`) as { integrity_check: string }[];
    const problems = found.map((each) => each.integrity_check).filter((text) => text !== "ok");
    const orphans = file.pragma("foreign_key_check") as { table: string; parent: string }[];
    const tables = new Set(
      orphans.map(({ table, parent }) => `${table} refers to missing ${parent}`),
    );
    return [...problems, ...tables];
  } catch (error) {
    return [(error as Error).message];
  }
}

function explained(path: string, error: unknown): unknown {
  const { code = "" } = error as { code?: string };
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return damaged(path);
  if (code === "SQLITE_CANTOPEN" && !existsSync(path)) {
    return new DatabaseRefused(`${path} does not exist`);
  }
  return error;
}

function damaged(path: string): DatabaseRefused {
  return new DatabaseRefused(`${path} is damaged. ${restoreHint}`);
}

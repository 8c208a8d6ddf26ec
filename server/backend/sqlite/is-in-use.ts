import { existsSync } from "node:fs";
import Database from "better-sqlite3";

/** Tries to get the whole file for itself, which SQLite refuses while another connection is open. */
export function isInUse(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = new Database(path, { fileMustExist: true, timeout: 0 });
  try {
    file.pragma("locking_mode = exclusive");
    file.exec("begin exclusive; rollback");
    return false;
  } catch (error) {
    const { code = "" } = error as { code?: string };
    // A damaged file is used by nobody.
    return code.startsWith("SQLITE_BUSY");
  } finally {
    file.close();
  }
}

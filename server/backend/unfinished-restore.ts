import { join } from "node:path";

/** The path of a file that is in a storage folder while a restore exchanges its contents. */
export function unfinishedRestore(storageDir: string): string {
  return join(storageDir, ".unfinished-restore");
}

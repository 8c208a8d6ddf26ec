import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Far longer than any source is silent: a file still being written is never taken for a leftover. */
const staleAfterMs = 24 * 3_600_000;

/** Removes files that nobody has written to for a day: those whose process was killed. */
export async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another process may finish or remove it meanwhile.
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > staleAfterMs) await rm(path, { force: true });
  }
}

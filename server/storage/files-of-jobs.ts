/** The files of many jobs, for one archive. */
import type { Backend } from "../backend/backend.ts";
import { isKept } from "./files.ts";
import type { Storage } from "./storage.ts";
import type { ZipEntry } from "./zip.ts";

/** Jobs asked for at a time, and sizes. */
const atOnce = 200;

/** What is no longer kept, or cannot be found where it is stored, is left out. */
export async function filesOfJobs(
  { backend, storage }: { backend: Pick<Backend, "db" | "now">; storage: Storage },
  jobIds: readonly string[],
): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  for (let from = 0; from < jobIds.length; from += atOnce) {
    const files = await backend.db
      .selectFrom("files")
      .selectAll()
      .where("job_id", "in", jobIds.slice(from, from + atOnce))
      .orderBy("job_id", "desc")
      .orderBy("id")
      .execute();
    const now = backend.now();
    const kept = files.filter((file) => isKept(file, now));
    // Looked for before the first byte goes out: behind it nothing can be said in words.
    const sizes = await Promise.all(kept.map((file) => storage.size(file.storage_key)));
    for (const [place, { name, size, created_at, storage_key }] of kept.entries()) {
      if (sizes[place] === undefined) continue;
      entries.push({ name, size, at: created_at, read: () => storage.read(storage_key) });
    }
  }
  return entries;
}

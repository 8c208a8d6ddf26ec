/** The files of many jobs, for one archive. */
import type { Backend } from "../backend/backend.ts";
import { keptFilesOf } from "./files.ts";
import type { Storage } from "./storage.ts";
import type { ZipEntry } from "./zip.ts";

/** A file of an archive, and where it came from. */
export interface PackedFile extends ZipEntry {
  jobId: string;
  fileId: string;
  /** As the job named it. */
  fileName: string;
}

/** Jobs asked for at a time, and sizes. */
const atOnce = 200;

/** What is no longer kept, or cannot be found where it is stored, is left out. */
export async function filesOfJobs(
  { backend, storage }: { backend: Pick<Backend, "db" | "now">; storage: Storage },
  jobIds: readonly string[],
): Promise<PackedFile[]> {
  const entries: PackedFile[] = [];
  for (let from = 0; from < jobIds.length; from += atOnce) {
    const files = await keptFilesOf(backend, jobIds.slice(from, from + atOnce));
    // Looked for before the first byte goes out: behind it nothing can be said in words.
    const sizes = await Promise.all(files.map((file) => storage.size(file.storage_key)));
    for (const [place, { id, job_id, name, size, created_at, storage_key }] of files.entries()) {
      if (sizes[place] === undefined) continue;
      entries.push({
        ...{ jobId: job_id, fileId: id, fileName: name },
        ...{ name, size, at: created_at, read: () => storage.read(storage_key) },
      });
    }
  }
  return entries;
}

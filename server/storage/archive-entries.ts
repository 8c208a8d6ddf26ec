/** The downloadable files of many jobs, as entries of one archive. */
import type { Backend } from "../backend/backend.ts";
import { listAvailableFiles } from "./job-files.ts";
import type { Storage } from "./storage.ts";
import type { ZipEntry } from "./zip.ts";

export interface ArchiveEntry extends ZipEntry {
  jobId: string;
  fileId: string;
  /** The name that the job gave the file; `name` may differ in the archive. */
  fileName: string;
}

/** Limits the ids in one statement and the size requests in flight. */
const jobsPerQuery = 200;

/** Leaves out files whose retention is over, and files that are missing in the storage. */
export async function listArchiveEntries(
  { backend, storage }: { backend: Pick<Backend, "db" | "now">; storage: Storage },
  jobIds: readonly string[],
): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for (let from = 0; from < jobIds.length; from += jobsPerQuery) {
    const files = await listAvailableFiles(backend, jobIds.slice(from, from + jobsPerQuery));
    // Checked before the archive is sent: once its first byte is out, an error cannot be reported.
    const sizes = await Promise.all(files.map((file) => storage.size(file.storage_key)));
    for (const [index, { id, job_id, name, size, created_at, storage_key }] of files.entries()) {
      if (sizes[index] === undefined) continue;
      entries.push({
        ...{ jobId: job_id, fileId: id, fileName: name },
        ...{ name, size, at: created_at, read: () => storage.read(storage_key) },
      });
    }
  }
  return entries;
}

/** Compares the storage with the rows that name its files. */
import type { Backend } from "../backend/backend.ts";
import { minJobIdAt } from "../engine/job-id.ts";
import type { Storage } from "../storage/storage.ts";

/** A file gets its row when it is complete. A younger one may still arrive. */
const minAgeMs = 3_600_000;
/** Requests in flight, if the storage is a bucket. */
const concurrentSizes = 16;

interface NamedFile {
  key: string;
  size: number;
  what: string;
}

/** @returns a line for each problem */
export async function examineFiles(backend: Backend, storage: Storage): Promise<string[]> {
  const named = await readNamedFiles(backend);
  const problems: string[] = [];
  for (let from = 0; from < named.length; from += concurrentSizes) {
    const some = named.slice(from, from + concurrentSizes);
    const sizes = await Promise.all(some.map(({ key }) => storage.size(key)));
    some.forEach(({ key, size, what }, at) => {
      if (sizes[at] === undefined) problems.push(`${what} has no file: ${key}`);
      else if (sizes[at] !== size)
        problems.push(`${what} has ${sizes[at]} bytes instead of ${size}: ${key}`);
    });
  }
  const known = new Set(named.map(({ key }) => key));
  const idBefore = minJobIdAt(backend.now() - minAgeMs);
  for (const key of await listKeys(backend, storage)) {
    // The id of the upload or of the job: it has the time in it.
    const id = key.split("/")[1]!;
    if (!known.has(key) && id < idBefore) problems.push(`A file has no row: ${key}`);
  }
  return problems;
}

async function readNamedFiles({ db }: Backend): Promise<NamedFile[]> {
  const uploads = await db.selectFrom("uploads").select(["id", "storage_key", "size"]).execute();
  const files = await db
    .selectFrom("files")
    .select(["id", "job_id", "storage_key", "size"])
    .where("deleted_at", "is", null)
    .execute();
  return [
    ...uploads.map(({ id, storage_key: key, size }) => ({ key, size, what: `Upload ${id}` })),
    ...files.map(({ id, job_id, storage_key: key, size }) => ({
      ...{ key, size },
      what: `File ${id} of job ${job_id}`,
    })),
  ];
}

/** The working files of unfinished jobs have no rows. Those of ended jobs wait for their cleanup. */
async function listKeys({ db }: Backend, storage: Storage): Promise<string[]> {
  const keys = [...(await storage.list("uploads/")), ...(await storage.list("jobs/"))];
  const busy = await db
    .selectFrom("jobs")
    .select("id")
    .where(({ eb, or }) =>
      or([eb("finished_at", "is", null), eb("cleanup_due_at", "is not", null)]),
    )
    .execute();
  const unfinished = new Set(busy.map(({ id }) => id));
  return keys.filter((key) => {
    const [folder, id] = key.split("/");
    return folder !== "jobs" || !unfinished.has(id!);
  });
}

/** The files that belong to a state of the database. */
import type { Backend } from "../backend/backend.ts";
import type { Storage } from "../storage/storage.ts";

/** Jobs whose folders are listed at once: each may be a request to a bucket. */
const concurrentLists = 10;

/** The keys that rows name: uploads, and files whose retention is not over. */
export async function listNamedKeys({ db }: Pick<Backend, "db">): Promise<string[]> {
  const uploads = await db.selectFrom("uploads").select("storage_key").execute();
  const files = await db
    .selectFrom("files")
    .select("storage_key")
    .where("deleted_at", "is", null)
    .execute();
  return [...uploads, ...files].map(({ storage_key }) => storage_key);
}

/** The working files of unfinished jobs, without which they could not go on. */
export async function listWorkingKeys(
  { db }: Pick<Backend, "db">,
  storage: Pick<Storage, "list">,
): Promise<string[]> {
  const jobs = await db.selectFrom("jobs").select("id").where("finished_at", "is", null).execute();
  const keys: string[] = [];
  for (let from = 0; from < jobs.length; from += concurrentLists) {
    const some = jobs.slice(from, from + concurrentLists);
    const lists = await Promise.all(some.map(({ id }) => storage.list(`jobs/${id}/scratch/`)));
    keys.push(...lists.flat());
  }
  return keys;
}

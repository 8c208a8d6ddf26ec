/** The rows of the files that jobs made for download. */
import type { Backend } from "../backend/backend.ts";
import type { FileRow } from "../backend/schema.ts";

/** A file with the owner of its job. */
export interface JobFile extends FileRow {
  account_id: string;
  user_id: string;
}

export async function findFile(
  { db }: Pick<Backend, "db">,
  id: string,
): Promise<JobFile | undefined> {
  return db
    .selectFrom("files")
    .innerJoin("jobs", "jobs.id", "files.job_id")
    .selectAll("files")
    .select(["jobs.account_id", "jobs.user_id"])
    .where("files.id", "=", id)
    .executeTakeFirst();
}

/** All files of a job, expired ones too: results first, then rejected rows, each in order of creation. */
export function listJobFiles({ db }: Pick<Backend, "db">, jobId: string): Promise<FileRow[]> {
  return db
    .selectFrom("files")
    .selectAll()
    .where("job_id", "=", jobId)
    .orderBy("role", "desc")
    .orderBy("id")
    .execute();
}

/** The files of several jobs that can be downloaded now: newest job first, each as in `listJobFiles`. */
export async function listAvailableFiles(
  { db, now }: Pick<Backend, "db" | "now">,
  jobIds: readonly string[],
): Promise<FileRow[]> {
  if (jobIds.length === 0) return [];
  const files = await db
    .selectFrom("files")
    .selectAll()
    .where("job_id", "in", jobIds)
    .orderBy("job_id", "desc")
    .orderBy("role", "desc")
    .orderBy("id")
    .execute();
  const at = now();
  return files.filter((file) => isAvailable(file, at));
}

/** @param now ms since 1970 */
export function isAvailable({ deleted_at, expires_at }: Retention, now: number): boolean {
  return deleted_at === null && (expires_at === null || now < expires_at);
}

type Retention = Pick<FileRow, "deleted_at" | "expires_at">;

/** What jobs leave for download, as the database lists it. */
import type { Backend } from "../backend/backend.ts";
import type { FileRow } from "../backend/schema.ts";

/** A file that a job left, and whose job that is. */
export interface FileOfJob extends FileRow {
  account_id: string;
  user_id: string;
}

export async function findFile(
  { db }: Pick<Backend, "db">,
  id: string,
): Promise<FileOfJob | undefined> {
  return db
    .selectFrom("files")
    .innerJoin("jobs", "jobs.id", "files.job_id")
    .selectAll("files")
    .select(["jobs.account_id", "jobs.user_id"])
    .where("files.id", "=", id)
    .executeTakeFirst();
}

/** Those of a job, also what is no longer kept: results first, then rejected rows, as they came. */
export function filesOf({ db }: Pick<Backend, "db">, jobId: string): Promise<FileRow[]> {
  return db
    .selectFrom("files")
    .selectAll()
    .where("job_id", "=", jobId)
    .orderBy("role", "desc")
    .orderBy("id")
    .execute();
}

/** Of several jobs what people may have now: the latest job's first, each job's as in `filesOf`. */
export async function keptFilesOf(
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
  return files.filter((file) => isKept(file, at));
}

/** Whether people may have it at that moment, ms since 1970. */
export function isKept({ deleted_at, expires_at }: Kept, now: number): boolean {
  return deleted_at === null && (expires_at === null || now < expires_at);
}

type Kept = Pick<FileRow, "deleted_at" | "expires_at">;

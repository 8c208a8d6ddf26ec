/** The rows of the files that jobs made. */
import type { Backend } from "../backend/backend.ts";
import type { DownloadableFile, FileRow } from "../backend/schema.ts";
import type { FileRole } from "../job.ts";

/** A file with the owner of its job. */
export interface JobFile extends FileRow {
  account_id: string;
  user_id: string;
}

/** @returns undefined if there is no such file, or only other jobs may open it */
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
    .where("files.role", "<>", "internal")
    .executeTakeFirst();
}

/**
 * All files of a job that people can download, expired ones too: results first, then rejected rows,
 * each in order of creation.
 */
export async function listJobFiles(
  { db }: Pick<Backend, "db">,
  jobId: string,
): Promise<DownloadableFile[]> {
  const files = await db
    .selectFrom("files")
    .selectAll()
    .where("job_id", "=", jobId)
    .orderBy("role", "desc")
    .orderBy("id")
    .execute();
  return files.filter(isDownloadable);
}

/** @returns the first file of a job with this role that has not expired, or undefined */
export async function findJobFile(
  { db, now }: Pick<Backend, "db" | "now">,
  jobId: string,
  role: FileRole,
): Promise<FileRow | undefined> {
  const files = await db
    .selectFrom("files")
    .selectAll()
    .where("job_id", "=", jobId)
    .where("role", "=", role)
    .orderBy("id")
    .execute();
  const at = now();
  return files.find((file) => isAvailable(file, at));
}

/** The files of several jobs that can be downloaded now: newest job first, each as in `listJobFiles`. */
export async function listAvailableFiles(
  { db, now }: Pick<Backend, "db" | "now">,
  jobIds: readonly string[],
): Promise<DownloadableFile[]> {
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
  return files.filter(isDownloadable).filter((file) => isAvailable(file, at));
}

function isDownloadable(file: FileRow): file is DownloadableFile {
  return file.role !== "internal";
}

/** @param now ms since 1970 */
export function isAvailable({ deleted_at, expires_at }: Retention, now: number): boolean {
  return deleted_at === null && (expires_at === null || now < expires_at);
}

type Retention = Pick<FileRow, "deleted_at" | "expires_at">;

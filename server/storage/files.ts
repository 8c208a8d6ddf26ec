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

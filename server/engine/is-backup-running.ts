import type { Backend } from "../backend/backend.ts";

/** Whether a backup still copies the working files of jobs that were unfinished when it began. */
export async function isBackupRunning({ db, now }: Pick<Backend, "db" | "now">): Promise<boolean> {
  const row = await db
    .selectFrom("running_backups")
    .select("id")
    .where("active_until", ">", now())
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Keeps the working files of jobs in the storage while a backup copies them. */
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";

const renewMs = 10_000;
/** A backup that was killed holds the files for so long. */
const activeMs = 60_000;

/** @returns a function that ends the hold */
export async function holdWorkingFiles({
  db,
  now,
}: Pick<Backend, "db" | "now">): Promise<() => Promise<void>> {
  const id = uuidv7();
  await db
    .insertInto("running_backups")
    .values({ id, active_until: now() + activeMs })
    .execute();
  const timer = setInterval(() => {
    const renewed = db.updateTable("running_backups").set({ active_until: now() + activeMs });
    // If it fails, the next one may come in time.
    void renewed
      .where("id", "=", id)
      .execute()
      .catch(() => {});
  }, renewMs);
  return async () => {
    clearInterval(timer);
    await db.deleteFrom("running_backups").where("id", "=", id).execute();
  };
}

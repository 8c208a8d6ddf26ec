import type { Kysely } from "kysely";

/**
 * Waiting jobs stand in one index only, that of claims. With another a planner that last counted
 * when nothing waited takes either for as good, and each claim then reads all that waits by now.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("jobs_overdue").execute();
}

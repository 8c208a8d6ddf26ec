import type { Kysely } from "kysely";
import type { JobRow, Schema } from "../backend/schema.ts";

/**
 * A job as it is in this transaction.
 * @throws where there is none
 */
export function currentJob(db: Kysely<Schema>, id: string): Promise<JobRow> {
  return db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

import type { Kysely } from "kysely";
import type { ColumnTypes } from "../server/backend/backend.ts";

/** The audience. The unique index serves duplicates, the order of merges and the search by prefix. */
export async function up(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await db.schema
    .createTable("contacts")
    .addColumn("id", types.identity, (c) => c.primaryKey())
    .addColumn("account_id", types.key, (c) => c.notNull())
    .addColumn("email", types.key, (c) => c.notNull())
    .addColumn("first_name", "text")
    .addColumn("last_name", "text")
    .addColumn("company", "text")
    .addColumn("phone", "text")
    .addColumn("job_id", "text", (c) => c.notNull())
    .addColumn("created_at", "bigint", (c) => c.notNull())
    .addColumn("updated_at", "bigint", (c) => c.notNull())
    .addUniqueConstraint("contacts_once", ["account_id", "email"])
    .execute();
  // "What this import brought": a merge adds its rows in the order of this index, at its end.
  await db.schema
    .createIndex("contacts_of_job")
    .on("contacts")
    .columns(["account_id", "job_id", "email"])
    .execute();
}

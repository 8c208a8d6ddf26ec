import { type Kysely, sql } from "kysely";

/**
 * Files are kept as long as their job, unless its kind says less; what is still there of those that
 * were to go sooner stays, too. Lines of a level are found in a long log.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("files_expiring").execute();
  await db.schema.alterTable("files").addColumn("kept_until", "bigint").execute();
  await db.schema.alterTable("files").dropColumn("expires_at").execute();
  await sql`create index files_ending on files (kept_until)
    where removed_at is null and kept_until is not null`.execute(db);
  await sql`create index job_logs_by_level on job_logs (job_id, level, seq)
    where level <> 'info'`.execute(db);
}

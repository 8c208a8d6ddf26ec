import { type Kysely, sql } from "kysely";

/**
 * What estimates are made of: how large jobs were, and what each of their steps took and came to;
 * and until when a running one waits. No index looks at any of it, so that progress stays cheap.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("jobs").addColumn("size", "bigint").execute();
  await db.schema.alterTable("jobs").addColumn("waits_until", "bigint").execute();
  await db.schema.alterTable("jobs").addColumn("waits_for", "text").execute();
  await db.schema.alterTable("job_steps").addColumn("ran_ms", "bigint").execute();
  await db.schema.alterTable("job_steps").addColumn("total", "bigint").execute();
  await sql`update jobs set size = (
      select sum(uploads.size) from job_uploads join uploads on uploads.id = job_uploads.upload_id
      where job_uploads.job_id = jobs.id)
    where id in (select job_id from job_uploads)`.execute(db);
}

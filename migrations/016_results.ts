import { type Kysely, sql } from "kysely";

/** What kinds return as data, and the texts that jobs write while they run. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table job_results (
    job_id text primary key references jobs (id) on delete cascade,

    -- JSON
    data text not null
  )`.execute(db);

  // Both in UTF-16 units, as JavaScript counts them.
  await sql`create table job_output (
    job_id text not null references jobs (id) on delete cascade,
    position integer not null,
    length integer not null,
    text text not null,

    -- 0 for text behind the last checkpoint, which the next run writes again
    is_kept integer not null,
    primary key (job_id, position)
  )`.execute(db);
  await sql`alter table jobs add column output_length integer not null default 0`.execute(db);
}

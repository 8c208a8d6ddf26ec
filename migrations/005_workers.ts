import { type Kysely, sql } from "kysely";

/** The worker processes that are alive. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table workers (
    id text primary key,
    host text not null,
    pid integer not null,
    heartbeat_count bigint not null default 0,
    last_heartbeat_at bigint not null,
    started_at bigint not null,
    queue_worker_id text
  )`.execute(db);
}

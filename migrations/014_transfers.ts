import { type Kysely, sql } from "kysely";

/** Moves of this database to another and from another, and the backups that run at present. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // 'out': to the peer; 'in': from the peer. Progress is JSON, see server/transfer/copy-tables.ts.
  await sql`create table transfers (
    direction text primary key,
    peer text not null,
    progress text not null,
    started_at bigint not null,
    verified_at bigint,
    finished_at bigint
  )`.execute(db);

  // While a backup runs, the working files of ended jobs stay. One that was killed stops to count.
  await sql`create table running_backups (
    id text primary key,
    active_until bigint not null
  )`.execute(db);
}

import { type Kysely, sql } from "kysely";
import type { SchemaDialect } from "../server/backend/backend.ts";

/**
 * Custom fields and tags of contacts, a record of what each job did to them, and the jobs that a
 * finished job offers to start, such as its undo.
 */
export async function up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void> {
  const { bytewiseText } = dialect;

  for (const column of ["phone_e164", "custom_fields", "tags"])
    await sql`alter table contacts add column ${sql.ref(column)} text`.execute(db);
  // The record of changes knows the contacts of a job; the column has only the last one.
  await sql`drop index contacts_by_job`.execute(db);

  // JSON array of names
  await sql`alter table jobs add column follow_ups text`.execute(db);

  await sql`create table contact_fields (
    account_id ${bytewiseText} not null,
    name text not null,
    created_at bigint not null,
    primary key (account_id, name)
  )`.execute(db);
  await sql`create table contact_tags (
    account_id ${bytewiseText} not null,
    name text not null,
    created_at bigint not null,
    primary key (account_id, name)
  )`.execute(db);

  // One row for each batch, because a row for each contact would double the time of an import.
  await sql`create table contact_changes (
    job_id text not null references jobs (id) on delete cascade,
    batch integer not null,
    account_id ${bytewiseText} not null,
    changed_at bigint not null,

    -- The addresses of the batch lie between these
    first_email ${bytewiseText} not null,
    last_email ${bytewiseText} not null,

    -- JSON, see server/backend/schema.ts
    created text not null,
    updated text not null,

    created_count integer not null,
    updated_count integer not null,
    primary key (job_id, batch)
  )`.execute(db);
  await sql`create index contact_changes_by_email on contact_changes
    (account_id, first_email, last_email)`.execute(db);
}

import { type Kysely, sql } from "kysely";

/** Files that jobs read (uploads) and write (files). The bytes are in the storage. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table files (
    id text primary key,
    job_id text not null references jobs (id) on delete cascade,
    role text not null,
    name text not null,
    media_type text not null,
    size bigint not null,
    storage_key text not null,
    created_at bigint not null,
    expires_at bigint,
    deleted_at bigint
  )`.execute(db);
  await sql`create index files_by_job on files (job_id)`.execute(db);
  await sql`create index files_by_expiry on files (expires_at)
    where deleted_at is null and expires_at is not null`.execute(db);

  await sql`create table uploads (
    id text primary key,
    account_id text not null references accounts (id),
    user_id text not null,
    name text not null,
    media_type text not null,
    size bigint not null,
    storage_key text not null,
    sha256 text,
    created_at bigint not null
  )`.execute(db);

  // Not a foreign key: an upload may be deleted before the jobs that read it.
  await sql`create table job_uploads (
    job_id text not null references jobs (id) on delete cascade,
    upload_id text not null,
    primary key (job_id, upload_id)
  )`.execute(db);
  await sql`create index job_uploads_by_upload on job_uploads (upload_id)`.execute(db);
}

import { type Kysely, sql } from "kysely";

/** Uploads that arrive in several requests, until they are complete. The bytes are in the storage. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table partial_uploads (
    id text primary key,
    account_id text not null references accounts (id),
    user_id text not null,
    name text not null,
    media_type text not null,
    size bigint not null,
    storage_key text not null,
    storage_handle text not null,
    writer text,
    created_at bigint not null,
    expires_at bigint not null
  )`.execute(db);
  await sql`create index partial_uploads_by_expiry on partial_uploads (expires_at)`.execute(db);
}

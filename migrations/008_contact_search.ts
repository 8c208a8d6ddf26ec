import { type Kysely, sql } from "kysely";
import type { SchemaDialect } from "../server/backend/backend.ts";

/** The search index of contacts, what is still to be put into it, and the record of edits by people. */
export async function up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void> {
  const { blob, bytewiseText, identity } = dialect;

  // A posting names the contacts of 65,536 ids that have a term (server/contacts/search/), so that the
  // work of a search is bounded however frequent its words are.
  await sql`create table contact_postings (
    account_id ${bytewiseText} not null,
    term ${bytewiseText} not null,
    block integer not null,
    count integer not null,
    ids ${blob} not null,
    primary key (account_id, term, block)
  )`.execute(db);

  // The index is filled behind the writes of jobs, which therefore cost no more than before.
  await sql`alter table contact_changes add column indexed_at bigint`.execute(db);
  await sql`create index contact_changes_unindexed on contact_changes
    (account_id, changed_at) where indexed_at is null`.execute(db);

  // Accounts whose contacts are older than the index. The last address is in the index already.
  await sql`create table contact_search_backfill (
    account_id ${bytewiseText} primary key,
    last_email ${bytewiseText} not null
  )`.execute(db);
  await sql`insert into contact_search_backfill (account_id, last_email)
    select id, '' from accounts where contact_count > 0`.execute(db);

  await sql`create table contact_edits (
    id ${identity} primary key,
    account_id ${bytewiseText} not null,
    contact_id bigint not null,
    user_id text not null,
    action text not null,
    via text not null,
    -- JSON, see server/backend/schema.ts
    before text not null,
    edited_at bigint not null
  )`.execute(db);
  await sql`create index contact_edits_by_contact on contact_edits (account_id, contact_id, id)`.execute(
    db,
  );
}

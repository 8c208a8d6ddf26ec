import { type Kysely, sql } from "kysely";
import type { SchemaDialect } from "../server/backend/backend.ts";

/** The contacts that imports write and exports read. */
export async function up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void> {
  const { bytewiseText, identity } = dialect;

  // The unique key also serves merges, which read in its order, and the search by prefix.
  await sql`create table contacts (
    id ${identity} primary key,
    account_id ${bytewiseText} not null,
    email ${bytewiseText} not null,
    first_name text,
    last_name text,
    company text,
    phone text,
    job_id text not null,
    created_at bigint not null,
    updated_at bigint not null,
    constraint contacts_by_email unique (account_id, email)
  )`.execute(db);
  // An import merges its rows in the order of this index, so they all go to its end.
  await sql`create index contacts_by_job on contacts (account_id, job_id, email)`.execute(db);
}

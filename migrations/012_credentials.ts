import { type Kysely, sql } from "kysely";
import type { SchemaDialect } from "../server/backend/backend.ts";

/** Scopes and ends of API tokens, second factors, passkeys, and the security log. */
export async function up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void> {
  const { boolean, timestamp } = dialect;

  // Tokens from before may do everything and never end, as they always could.
  await sql`alter table api_tokens add column scope text not null default 'all'`.execute(db);
  await sql`alter table api_tokens add column expires_at bigint`.execute(db);
  await sql`create index api_tokens_by_user on api_tokens (user_id)`.execute(db);

  // The next three are better-auth's, hence their camel case; the columns of last use are ours.
  await sql`alter table users add column "twoFactorEnabled" ${boolean}`.execute(db);
  await sql`create table two_factors (
    id text primary key,
    secret text not null,
    "backupCodes" text not null,
    "userId" text not null references users (id) on delete cascade,
    verified ${boolean},
    "failedVerificationCount" integer,
    "lockedUntil" ${timestamp},
    last_used_code text,
    last_used_at bigint
  )`.execute(db);
  await sql`create index two_factors_by_user on two_factors ("userId")`.execute(db);
  await sql`create table passkeys (
    id text primary key,
    name text,
    "publicKey" text not null,
    "userId" text not null references users (id) on delete cascade,
    "credentialID" text not null unique,
    counter integer not null,
    "deviceType" text not null,
    "backedUp" ${boolean} not null,
    transports text,
    "createdAt" ${timestamp},
    aaguid text
  )`.execute(db);
  await sql`create index passkeys_by_user on passkeys ("userId")`.execute(db);
  await sql`create index verifications_by_identifier on verifications (identifier)`.execute(db);

  await sql`create table security_events (
    id text primary key,
    user_id text not null references users (id) on delete cascade,
    account_id text,
    type text not null,
    address text not null,
    user_agent text not null,
    details text,
    created_at bigint not null
  )`.execute(db);
  await sql`create index security_events_by_user on security_events (user_id, id)`.execute(db);
  await sql`create index security_events_by_time on security_events (created_at)`.execute(db);
  await sql`create index security_events_by_account on security_events (account_id, id)`.execute(
    db,
  );
}

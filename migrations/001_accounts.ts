import { type Kysely, sql } from "kysely";
import type { SchemaDialect } from "../server/backend/backend.ts";

/** Users, how they sign in, and the accounts that they belong to. */
export async function up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void> {
  const { boolean, timestamp } = dialect;

  // The first four tables are better-auth's, hence their camel case.
  await sql`create table users (
    id text primary key,
    name text not null,
    email text not null unique,
    "emailVerified" ${boolean} not null,
    image text,
    "createdAt" ${timestamp} not null,
    "updatedAt" ${timestamp} not null
  )`.execute(db);

  await sql`create table sessions (
    id text primary key,
    "expiresAt" ${timestamp} not null,
    token text not null unique,
    "createdAt" ${timestamp} not null,
    "updatedAt" ${timestamp} not null,
    "ipAddress" text,
    "userAgent" text,
    "userId" text not null references users (id) on delete cascade
  )`.execute(db);
  await sql`create index sessions_by_user on sessions ("userId")`.execute(db);

  await sql`create table credentials (
    id text primary key,
    "accountId" text not null,
    "providerId" text not null,
    "userId" text not null references users (id) on delete cascade,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" ${timestamp},
    "refreshTokenExpiresAt" ${timestamp},
    scope text,
    password text,
    "createdAt" ${timestamp} not null,
    "updatedAt" ${timestamp} not null
  )`.execute(db);
  await sql`create index credentials_by_user on credentials ("userId")`.execute(db);

  await sql`create table verifications (
    id text primary key,
    identifier text not null,
    value text not null,
    "expiresAt" ${timestamp} not null,
    "createdAt" ${timestamp} not null,
    "updatedAt" ${timestamp} not null
  )`.execute(db);

  await sql`create table accounts (
    id text primary key,
    name text not null,
    running_jobs integer not null default 0,
    max_running_jobs integer not null default 5,
    last_claimed_at bigint not null default 0,
    contact_count bigint not null default 0,
    created_at bigint not null
  )`.execute(db);

  await sql`create table members (
    user_id text primary key references users (id) on delete cascade,
    account_id text not null references accounts (id),
    role text not null
  )`.execute(db);

  await sql`create table preferences (
    user_id text primary key references users (id) on delete cascade,
    sound integer not null,
    open_result integer not null,
    time_zone text
  )`.execute(db);

  await sql`create table api_tokens (
    id text primary key,
    user_id text not null references users (id) on delete cascade,
    name text not null,
    token_hash text not null unique,
    created_at bigint not null,
    last_used_at bigint
  )`.execute(db);

  await sql`create table secrets (
    name text primary key,
    value text not null
  )`.execute(db);
}

/** API tokens: random strings of which only the SHA-256 hash is stored. */
import { createHash, randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import type { TokenScope } from "../backend/enums.ts";

export interface ApiToken {
  id: string;
  name: string;
  scope: TokenScope;
  /** Ms since 1970, as are the other times. */
  createdAt: number;
  /** Null if it was never used. */
  lastUsedAt: number | null;
  /** Null if it never ends. */
  expiresAt: number | null;
}

export interface TokenOptions {
  /** Default "all". */
  scope?: TokenScope;
  /** Ms since 1970. Default null: it never ends. */
  expiresAt?: number | null;
}

type Database = Pick<Backend, "db" | "now">;

export const maxTokensPerUser = 50;
/** The last use is precise to the minute, so that a busy program does not write with each request. */
const lastUsedPrecisionMs = 60_000;
/** People see for this long that a token has expired. */
const expiredTokenRetentionMs = 30 * 86_400_000;

export class TooManyTokens extends Error {
  override name = "TooManyTokens";
}

/**
 * @returns the token itself, `hw_…`
 * @throws TooManyTokens if the user has 50 of them, expired ones included
 */
export async function createToken(
  { write, now }: Pick<Backend, "write" | "now">,
  userId: string,
  name: string,
  { scope = "all", expiresAt = null }: TokenOptions = {},
): Promise<string> {
  const token = `hw_${randomBytes(32).toString("base64url")}`;
  const row = { id: uuidv7(), user_id: userId, name, token_hash: hash(token), scope };
  await write(async (tx) => {
    await tx.lock(`tokens:${userId}`);
    if ((await countTokens(tx, userId)) >= maxTokensPerUser) throw new TooManyTokens();
    await tx.db
      .insertInto("api_tokens")
      .values({ ...row, created_at: now(), expires_at: expiresAt })
      .execute();
  });
  return token;
}

async function countTokens({ db }: WriteTransaction, userId: string): Promise<number> {
  const { count } = await db
    .selectFrom("api_tokens")
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .where("user_id", "=", userId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** @returns the token's user and scope, or undefined for an unknown or expired token */
export async function findToken(
  { db, now }: Database,
  token: string,
): Promise<{ userId: string; scope: TokenScope } | undefined> {
  const at = now();
  const row = await db
    .selectFrom("api_tokens")
    .select(["id", "user_id", "scope", "last_used_at", "expires_at"])
    .where("token_hash", "=", hash(token))
    .executeTakeFirst();
  if (!row || (row.expires_at !== null && row.expires_at <= at)) return undefined;
  if ((row.last_used_at ?? 0) < at - lastUsedPrecisionMs) {
    await db.updateTable("api_tokens").set({ last_used_at: at }).where("id", "=", row.id).execute();
  }
  return { userId: row.user_id, scope: row.scope };
}

/** Newest first. */
export async function listTokens({ db }: Pick<Backend, "db">, userId: string): Promise<ApiToken[]> {
  return db
    .selectFrom("api_tokens")
    .select(["id", "name", "scope", "created_at as createdAt", "last_used_at as lastUsedAt"])
    .select("expires_at as expiresAt")
    .where("user_id", "=", userId)
    .orderBy("id", "desc")
    .execute();
}

/** @returns the name of the deleted token, or undefined if the user has no such token */
export async function revokeToken(
  { db }: Pick<Backend, "db">,
  userId: string,
  tokenId: string,
): Promise<string | undefined> {
  const deleted = await db
    .deleteFrom("api_tokens")
    .where("id", "=", tokenId)
    .where("user_id", "=", userId)
    .returning("name")
    .executeTakeFirst();
  return deleted?.name;
}

/** Deletes up to `limit` tokens that expired 30 days ago. @returns their number */
export async function deleteExpiredTokens({ db, now }: Database, limit: number): Promise<number> {
  const expired = db
    .selectFrom("api_tokens")
    .select("id")
    .where("expires_at", "<=", now() - expiredTokenRetentionMs)
    .limit(limit);
  const { numDeletedRows } = await db
    .deleteFrom("api_tokens")
    .where("id", "in", expired)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function hash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Reads the API token of an `Authorization` header (RFC 6750). */
export function parseBearerToken(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? "")?.[1];
}

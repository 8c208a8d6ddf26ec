/** API tokens: random strings of which only the SHA-256 hash is stored. */
import { createHash, randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";

export interface ApiToken {
  id: string;
  name: string;
  /** Both ms since 1970; null if never used. */
  createdAt: number;
  lastUsedAt: number | null;
}

type Database = Pick<Backend, "db" | "now">;

/** The last use is precise to the minute, so that a busy program does not write with each request. */
const lastUsedPrecisionMs = 60_000;

/** @returns the token itself, `hw_…` */
export async function createToken(
  { db, now }: Database,
  userId: string,
  name: string,
): Promise<string> {
  const token = `hw_${randomBytes(32).toString("base64url")}`;
  await db
    .insertInto("api_tokens")
    .values({ id: uuidv7(), user_id: userId, name, token_hash: hash(token), created_at: now() })
    .execute();
  return token;
}

/** @returns the id of the token's user, or undefined for an unknown token */
export async function findTokenUserId(
  { db, now }: Database,
  token: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("api_tokens")
    .select(["id", "user_id", "last_used_at"])
    .where("token_hash", "=", hash(token))
    .executeTakeFirst();
  if (row && (row.last_used_at ?? 0) < now() - lastUsedPrecisionMs) {
    await db
      .updateTable("api_tokens")
      .set({ last_used_at: now() })
      .where("id", "=", row.id)
      .execute();
  }
  return row?.user_id;
}

/** Newest first. */
export async function listTokens({ db }: Database, userId: string): Promise<ApiToken[]> {
  return db
    .selectFrom("api_tokens")
    .select(["id", "name", "created_at as createdAt", "last_used_at as lastUsedAt"])
    .where("user_id", "=", userId)
    .orderBy("id", "desc")
    .execute();
}

/** @returns false if the user has no such token */
export async function revokeToken(
  { db }: Database,
  userId: string,
  tokenId: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("api_tokens")
    .where("id", "=", tokenId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

function hash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Reads the API token of an `Authorization` header (RFC 6750). */
export function parseBearerToken(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? "")?.[1];
}

/** API tokens: long random words of which only the SHA-256 is kept. */
import { createHash, randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../backend/backend.ts";

export interface ApiToken {
  id: string;
  name: string;
  /** Both ms since 1970; null where it was never used. */
  createdAt: number;
  lastUsedAt: number | null;
}

type Database = Pick<Backend, "db" | "now">;

/** A token's last use is kept to the minute: a busy program shall not write with each request. */
const useInterval = 60_000;

/** @returns the token itself, `hw_…`, which cannot be had again */
export async function createToken(
  { db, now }: Database,
  userId: string,
  name: string,
): Promise<string> {
  const token = `hw_${randomBytes(32).toString("base64url")}`;
  await db
    .insertInto("api_tokens")
    .values({ id: uuidv7(), user_id: userId, name, hash: hash(token), created_at: now() })
    .execute();
  return token;
}

/** @returns the id of the user whose token it is, or undefined where it is nobody's */
export async function findTokenUserId(
  { db, now }: Database,
  token: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("api_tokens")
    .select(["id", "user_id", "last_used_at"])
    .where("hash", "=", hash(token))
    .executeTakeFirst();
  if (row && (row.last_used_at ?? 0) < now() - useInterval) {
    await db
      .updateTable("api_tokens")
      .set({ last_used_at: now() })
      .where("id", "=", row.id)
      .execute();
  }
  return row?.user_id;
}

/** The newest first. */
export async function listTokens({ db }: Database, userId: string): Promise<ApiToken[]> {
  return db
    .selectFrom("api_tokens")
    .select(["id", "name", "created_at as createdAt", "last_used_at as lastUsedAt"])
    .where("user_id", "=", userId)
    .orderBy("id", "desc")
    .execute();
}

/** @returns false where the user has no such token */
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

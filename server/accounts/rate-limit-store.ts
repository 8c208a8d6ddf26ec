/** Counts requests by key in the database, so that a limit holds for all web processes together. */
import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Backend } from "../backend/backend.ts";

type Database = Pick<Backend, "db" | "write" | "now">;

export interface RateLimitHits {
  totalHits: number;
  resetTime: Date;
}

/** The interface that hono-rate-limiter wants of a store. */
export interface RateLimitStore {
  /** @returns undefined if the key has no hit in its window */
  get(key: string): Promise<RateLimitHits | undefined>;
  /** Adds a hit. The first one opens the window of the key. */
  increment(key: string): Promise<RateLimitHits>;
  decrement(key: string): Promise<void>;
  resetKey(key: string): Promise<void>;
}

/**
 * @param name tells the keys of this limit from those of others
 * @param windowMs time from the first hit until a key begins at 0 again
 */
export function createRateLimitStore(
  { db, write, now }: Database,
  name: string,
  windowMs: number,
): RateLimitStore {
  const hash = (key: string) => createHash("sha256").update(`${name}:${key}`).digest("base64url");

  return {
    async get(key) {
      const row = await db
        .selectFrom("rate_limits")
        .select(["hits", "resets_at"])
        .where("key", "=", hash(key))
        .where("resets_at", ">", now())
        .executeTakeFirst();
      return row && { totalHits: row.hits, resetTime: new Date(row.resets_at) };
    },
    async increment(key) {
      const at = now();
      const row = { key: hash(key), hits: 1, resets_at: at + windowMs };
      const isOver = sql<boolean>`rate_limits.resets_at <= ${at}`;
      const { hits, resets_at } = await write(
        (tx) =>
          tx.db
            .insertInto("rate_limits")
            .values(row)
            .onConflict((conflict) =>
              conflict.column("key").doUpdateSet({
                hits: sql`case when ${isOver} then 1 else rate_limits.hits + 1 end`,
                resets_at: sql`case when ${isOver} then excluded.resets_at
                  else rate_limits.resets_at end`,
              }),
            )
            .returning(["hits", "resets_at"])
            .executeTakeFirstOrThrow(),
        { durable: false },
      );
      return { totalHits: hits, resetTime: new Date(resets_at) };
    },
    async decrement(key) {
      await write(
        (tx) =>
          tx.db
            .updateTable("rate_limits")
            .set({ hits: sql`hits - 1` })
            .where("key", "=", hash(key))
            .where("hits", ">", 0)
            .execute(),
        { durable: false },
      );
    },
    async resetKey(key) {
      await db.deleteFrom("rate_limits").where("key", "=", hash(key)).execute();
    },
  };
}

/** Deletes up to `limit` keys whose window is over. @returns the number of deleted keys */
export async function deleteExpiredRateLimits(
  { db, now }: Pick<Backend, "db" | "now">,
  limit: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("rate_limits")
    .where("key", "in", (from) =>
      from.selectFrom("rate_limits").select("key").where("resets_at", "<=", now()).limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

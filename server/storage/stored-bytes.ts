import { sql } from "kysely";
import type { Backend } from "../backend/backend.ts";

/**
 * Counts the bytes that an account stores: its uploads, unfinished ones at their full size, and the files
 * of its jobs. Reads indexes alone.
 */
export async function countStoredBytes(
  { db }: Pick<Backend, "db">,
  accountId: string,
): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`select cast(
    coalesce((select sum(size) from uploads where account_id = ${accountId}), 0)
    + coalesce((select sum(size) from partial_uploads where account_id = ${accountId}), 0)
    + coalesce((select sum(size) from files
        where account_id = ${accountId} and deleted_at is null), 0) as bigint) as bytes`.execute(
    db,
  );
  return rows[0]!.bytes;
}

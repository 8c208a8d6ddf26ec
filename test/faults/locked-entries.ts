import { sql } from "kysely";
import type { Backend } from "../../server/backend/backend.ts";

/** Counts the queue entries that graphile-worker has locked for a worker. */
export async function countLockedEntries({ name, db }: Backend): Promise<number> {
  if (name === "sqlite") return 0;
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from graphile_worker._private_jobs where locked_at is not null`.execute(
    db,
  );
  return rows[0]!.count;
}

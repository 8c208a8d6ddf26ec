/** Counts the jobs of an account, or of one of its members, by status. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "../../backend/schema.ts";
import { isFinal, type Status, statuses } from "../status.ts";

/** Maximum per status. Without it a count would take longer with every job. */
export const maxCounted = 10_000;

/** `maxCounted + 1` for a status with more jobs. */
export type StatusCounts = Record<Status, number>;

/** Ignores jobs that were cleared from the list. */
export async function countByStatus(
  db: Kysely<Schema>,
  { accountId, userId }: { accountId: string; userId?: string | undefined },
): Promise<StatusCounts> {
  const user = userId ? sql` and user_id = ${userId}` : sql``;
  const owned = sql`account_id = ${accountId}${user}`;
  const counted = statuses.map((status) => countOf(status, owned));
  const { rows } = await sql<StatusCounts>`select ${sql.join(counted)}`.execute(db);
  return Object.fromEntries(
    statuses.map((status) => [status, Number(rows[0]![status])]),
  ) as StatusCounts;
}

function countOf(status: Status, owned: RawBuilder<unknown>): RawBuilder<unknown> {
  const isListed = isFinal(status)
    ? sql`finished_at is not null and hidden_at is null`
    : sql`finished_at is null`;
  return sql`(select count(*) from (select 1 from jobs
    where ${owned} and status = ${sql.lit(status)} and ${isListed}
    limit ${sql.lit(maxCounted + 1)}) as part) as ${sql.ref(status)}`;
}

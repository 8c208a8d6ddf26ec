/** How long jobs of a kind usually take: told when one is started, before it knows anything itself. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { JobRow, Schema } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";

/** The last jobs of a kind that the average is taken of. */
const averaged = 20;

/** @returns seconds, or null where nothing is known of the kind */
export type TypicalSeconds = (kind: string) => number | null;

/**
 * The average running time, pauses not counted, of the last jobs of each kind that succeeded in
 * the account; where there are none, what the kind itself expects.
 */
export async function typicalSeconds(
  db: Kysely<Schema>,
  catalog: Catalog,
  accountId: string,
): Promise<TypicalSeconds> {
  const latest = [...catalog.keys()].map((kind) => sql`select * from (${ofKind(accountId, kind)})`);
  if (latest.length === 0) return () => null;
  const { rows } = await sql<Pick<JobRow, "kind" | "ran_ms">>`
    ${sql.join(latest, sql` union all `)}`.execute(db);
  const byKind = Map.groupBy(rows, (row) => row.kind);
  return (kind) => {
    const jobs = byKind.get(kind);
    if (!jobs) return catalog.get(kind)?.expectedSeconds ?? null;
    const sum = jobs.reduce((all, { ran_ms }) => all + ran_ms, 0);
    return Math.max(1, Math.round(sum / jobs.length / 1_000));
  };
}

/** An index knows where they are, in this order. */
function ofKind(accountId: string, kind: string): RawBuilder<unknown> {
  return sql`select kind, ran_ms from jobs
    where account_id = ${accountId} and kind = ${kind} and status = 'succeeded'
    and finished_at is not null and hidden_at is null
    order by finished_at desc, id desc limit ${averaged}`;
}

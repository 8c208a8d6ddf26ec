/** How long jobs of a kind usually take: told when one is started, before it knows anything itself. */
import type { Kysely } from "kysely";
import type { Schema } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";

/** Ended jobs of the account that are looked at, the latest first: an index knows where they are. */
const lookedAt = 300;
/** Of one kind, those that the average is taken of. */
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
  const latest = await db
    .selectFrom("jobs")
    .select(["kind", "status", "ran_ms"])
    .where("account_id", "=", accountId)
    // Both conditions are those of the index `jobs_finished`.
    .where("finished_at", "is not", null)
    .where("hidden_at", "is", null)
    .orderBy("finished_at", "desc")
    .orderBy("id", "desc")
    .limit(lookedAt)
    .execute();
  const succeeded = latest.filter((job) => job.status === "succeeded");
  return (kind) => {
    const times = succeeded.filter((job) => job.kind === kind).slice(0, averaged);
    if (times.length === 0) return catalog.get(kind)?.expectedSeconds ?? null;
    const sum = times.reduce((all, { ran_ms }) => all + ran_ms, 0);
    return Math.max(1, Math.round(sum / times.length / 1_000));
  };
}

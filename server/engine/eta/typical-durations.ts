/** Reads the typical duration of each kind, for a job that has not started yet. */
import type { Kysely } from "kysely";
import type { Schema } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { type DurationEstimate, estimateDuration } from "./duration-estimate.ts";
import { accountKindKey, listPastJobs } from "./past-jobs.ts";

/**
 * @param size of the job's uploads in bytes; null if it reads none or the size is unknown
 * @returns null if the kind has no past jobs of a comparable size and declares no expected duration
 */
export type TypicalDurations = (kind: string, size: number | null) => DurationEstimate | null;

/**
 * Uses the median running time, without pauses, of the account's latest successful jobs of the kind
 * and of comparable size. A kind without past jobs has the `expectedSeconds` that it declares.
 * @param kinds default all
 */
export async function readTypicalDurations(
  db: Kysely<Schema>,
  catalog: Catalog,
  accountId: string,
  kinds: readonly string[] = [...catalog.keys()],
): Promise<TypicalDurations> {
  const past = await listPastJobs(
    db,
    kinds.map((kind) => ({ accountId, kind })),
  );
  return (kind, size) => {
    const jobs = past.get(accountKindKey({ accountId, kind }));
    if (jobs) return estimateDuration(jobs, size);
    const ms = (catalog.get(kind)?.expectedSeconds ?? Number.NaN) * 1_000;
    return Number.isNaN(ms) ? null : { ms, from: ms, to: ms, uncertainty: 1 };
  };
}

/** @returns whole seconds for the API, rounded up and at least 1 */
export function typicalSeconds(typical: DurationEstimate | null): number | null {
  return typical && Math.max(1, Math.ceil(typical.ms / 1_000));
}

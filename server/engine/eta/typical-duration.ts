/** How long jobs of a kind usually take: told before one knows anything itself. */
import type { Kysely } from "kysely";
import type { Schema } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { nameOf, pastJobs } from "./history.ts";
import { type Typical, typicalDuration } from "./past.ts";

/**
 * @param size bytes of the uploads that the job reads; null where it reads none, or none is known
 * @returns null where nothing is known of the kind, or of jobs about as large
 */
export type TypicalDurations = (kind: string, size: number | null) => Typical | null;

/**
 * The median running time, pauses not counted, of the last jobs of each kind that succeeded in the
 * account, those about as large; where there are none at all, what the kind itself expects.
 * @param kinds default all
 */
export async function typicalDurations(
  db: Kysely<Schema>,
  catalog: Catalog,
  accountId: string,
  kinds: readonly string[] = [...catalog.keys()],
): Promise<TypicalDurations> {
  const past = await pastJobs(
    db,
    kinds.map((kind) => ({ accountId, kind })),
  );
  return (kind, size) => {
    const jobs = past.get(nameOf({ accountId, kind }));
    if (jobs) return typicalDuration(jobs, size);
    const ms = (catalog.get(kind)?.expectedSeconds ?? Number.NaN) * 1_000;
    return Number.isNaN(ms) ? null : { ms, from: ms, to: ms, unsure: 1 };
  };
}

/** For programs: whole seconds, rounded up. */
export function typicalSeconds(typical: Typical | null): number | null {
  return typical && Math.max(1, Math.ceil(typical.ms / 1_000));
}

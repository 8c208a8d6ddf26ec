import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";

/** `claimedAt`: when it would have been claimed, had the clock been as it is now. */
export type MisdatedJob = Pick<JobRow, "id" | "fence"> & { claimedAt: number };

/**
 * Moves the claims of running jobs to the clock as it is after a jump. Part of the first heartbeat by
 * the new clock: if the worker is lost later, its jobs ran from their claims to its last heartbeat.
 */
export async function redateClaims(
  { db }: WriteTransaction,
  misdated: readonly MisdatedJob[],
): Promise<void> {
  for (const { id, fence, claimedAt } of misdated) {
    await db
      .updateTable("jobs")
      .set({
        claimed_at: claimedAt,
        deadline_at: sql`deadline_at + (${claimedAt} - claimed_at)`,
        version: sql`version + 1`,
      })
      .where("id", "=", id)
      .where("fence", "=", fence)
      .where("status", "=", "running")
      .execute();
  }
}

import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import type { MisdatedJob } from "./local-jobs.ts";

/**
 * Moves the claims of running jobs to the clock as it is after a jump. The end of a run computes the
 * running time from the time of its claim, and the next run gets what remains of the timeout.
 */
export async function redateClaims(
  { db }: Backend,
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

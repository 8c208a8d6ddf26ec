import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import { ActionRefused } from "../action-refused.ts";
import { currentJob } from "../transition.ts";

/**
 * Withdraws a follow-up from the job that offers it, so that of two concurrent starts only one commits.
 * @throws ActionRefused `not_offered`
 */
export async function takeOffer(
  tx: WriteTransaction,
  { jobId, name }: { jobId: string; name: string },
): Promise<void> {
  const { follow_ups } = await currentJob(tx.db, jobId);
  const offered: string[] = JSON.parse(follow_ups ?? "[]");
  const left = offered.filter((each) => each !== name);
  const { numUpdatedRows } = await tx.db
    .updateTable("jobs")
    .set({
      follow_ups: left.length > 0 ? JSON.stringify(left) : null,
      version: sql`version + 1`,
    })
    .where("id", "=", jobId)
    .where("follow_ups", "=", follow_ups)
    .executeTakeFirst();
  if (left.length === offered.length || numUpdatedRows === 0n)
    throw new ActionRefused("not_offered");
  tx.notify(jobId);
}

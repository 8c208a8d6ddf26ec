/** Why a job that is due does not run yet: others of its account do, as many as may at once. */
import type { Kysely } from "kysely";
import type { JobRow, Schema } from "../backend/schema.ts";
import type { Busy } from "./shown/shown-row.ts";

/** @returns the same rows; those that wait for others of their account tell how many */
export async function withBusy<Row extends Pick<JobRow, "status" | "account_id">>(
  db: Kysely<Schema>,
  rows: readonly Row[],
): Promise<readonly (Row & Busy)[]> {
  const waiting = rows.filter(({ status }) => status === "pending");
  if (waiting.length === 0) return rows;
  const full = await db
    .selectFrom("accounts")
    .select(["id", "running"])
    .where("id", "in", [...new Set(waiting.map((row) => row.account_id))])
    .whereRef("running", ">=", "max_running")
    .execute();
  if (full.length === 0) return rows;
  const running = new Map(full.map((account) => [account.id, account.running]));
  return rows.map((row) => {
    const busy = row.status === "pending" ? running.get(row.account_id) : undefined;
    return busy === undefined ? row : { ...row, busy };
  });
}

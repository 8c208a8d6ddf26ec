/** Finds recently created jobs, by their owner or by their ids. */
import type { Kysely } from "kysely";
import type { JobRow, Schema } from "../../backend/schema.ts";
import { minJobIdAt } from "../job-id.ts";
import { isFinal, statuses } from "../status.ts";

/** A job's id and its owner. */
export type JobOwner = Pick<JobRow, "id" | "account_id" | "user_id">;

/**
 * Finds the jobs of an account, or of one of its members, that were created since `since` and were
 * not cleared from the list. Reads one index range for each status, so a page that was open for
 * months costs no more than a recent one.
 * @param since ms since 1970
 * @param limit maximum number of ids
 * @returns ids, the latest first
 */
export async function listCreatedSince(
  db: Kysely<Schema>,
  { accountId, userId }: { accountId: string; userId?: string | undefined },
  since: number,
  limit: number,
): Promise<string[]> {
  const ranges = statuses.map((status) => {
    let jobs = db
      .selectFrom("jobs")
      .select("id")
      .where("account_id", "=", accountId)
      .where("status", "=", status)
      .where("id", ">=", minJobIdAt(since))
      .limit(limit);
    if (userId !== undefined) jobs = jobs.where("user_id", "=", userId);
    if (!isFinal(status)) return jobs.where("finished_at", "is", null).orderBy("id", "desc");
    const ended = jobs.where("finished_at", ">=", since).where("hidden_at", "is", null);
    return ended.orderBy("finished_at", "desc").orderBy("id", "desc");
  });
  const found = await Promise.all(ranges.map((jobs) => jobs.execute()));
  const ids = found.flat().map(({ id }) => id);
  return ids.sort().reverse().slice(0, limit);
}

/**
 * Finds which jobs were created after `since`.
 * @param ids the jobs to check; default: all active jobs
 */
export function findCreatedSince(
  db: Kysely<Schema>,
  since: number,
  ids?: readonly string[],
): Promise<JobOwner[]> {
  const jobs = db
    .selectFrom("jobs")
    .select(["id", "account_id", "user_id"])
    .where("created_at", ">", since);
  return (ids ? jobs.where("id", "in", ids) : jobs.where("finished_at", "is", null)).execute();
}

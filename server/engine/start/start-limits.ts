/** Limits the starts of an account. Counted in the database, so they hold over all web processes. */
import type { Kysely } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import type { Schema } from "../../backend/schema.ts";
import { LimitReached } from "../../limit-reached.ts";
import type { StartLimits } from "../../limits.ts";

const minuteMs = 60_000;
/** A queue of thousands of jobs is not shorter after a second. */
const fullQueueRetrySeconds = 60;

/**
 * Concurrent starts do not see each other, so their account may exceed a limit by their number.
 * @returns undefined while the account may start another job
 */
export async function findReachedLimit(
  { db, now }: Pick<Backend, "db" | "now">,
  accountId: string,
  { maxStartsPerMinute, maxQueuedJobs }: StartLimits,
): Promise<LimitReached | undefined> {
  const at = now();
  const oldest = await findOldestOfLatest(db, accountId, {
    since: at - minuteMs,
    maxStartsPerMinute,
  });
  if (oldest !== undefined) {
    const seconds = Math.max(1, Math.ceil((oldest + minuteMs - at) / 1_000));
    return new LimitReached("maxStartsPerMinute", maxStartsPerMinute, seconds);
  }
  if (await hasQueued(db, accountId, maxQueuedJobs)) {
    return new LimitReached("maxQueuedJobs", maxQueuedJobs, fullQueueRetrySeconds);
  }
  return undefined;
}

/**
 * Reads no more rows than the limit. `timeout_ms > 0` lets the database use the partial index.
 * @returns the time of the start that has to leave the minute before the next one, ms since 1970
 */
async function findOldestOfLatest(
  db: Kysely<Schema>,
  accountId: string,
  { since, maxStartsPerMinute: max }: { since: number; maxStartsPerMinute: number },
): Promise<number | undefined> {
  if (!Number.isFinite(max)) return undefined;
  const row = await db
    .selectFrom("jobs")
    .select("created_at")
    .where("account_id", "=", accountId)
    .where("created_at", ">", since)
    .where((eb) => eb("timeout_ms", ">", eb.lit(0)))
    .orderBy("created_at", "desc")
    .offset(max - 1)
    .limit(1)
    .executeTakeFirst();
  return row?.created_at;
}

/** Whether the account has at least `count` queued jobs. */
async function hasQueued(db: Kysely<Schema>, accountId: string, count: number): Promise<boolean> {
  if (!Number.isFinite(count)) return false;
  const row = await db
    .selectFrom("jobs")
    .select("priority")
    .where("account_id", "=", accountId)
    .where("status", "=", "queued")
    .orderBy("priority")
    .offset(count - 1)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** SQL that the claims of both backends share. */
import { type RawBuilder, sql } from "kysely";
import type { ReservedSlot } from "./backend.ts";

/** A job with this priority number or a lower one also runs while its account is at its limit. */
export const maxPriorityWithoutLimit = -1_000;

/**
 * Whether `accounts` may run one more job of that `priority`: below its limit, or below twice its
 * limit for the priorities that ignore it, so that a thousand of them do not stop other accounts.
 * @param priority a column
 */
export function hasCapacity(priority: string): RawBuilder<boolean> {
  return sql`accounts.running_jobs < accounts.max_running_jobs
    * case when ${sql.ref(priority)} <= ${sql.lit(maxPriorityWithoutLimit)} then 2 else 1 end`;
}

/**
 * Whether the slot is for a job like that.
 * @param job the table of its columns
 * @param reserved undefined for a slot that any job may take
 */
export function fitsSlot(job: string, reserved: ReservedSlot | undefined): RawBuilder<boolean> {
  if (!reserved) return sql`true`;
  const isUrgent = sql`${sql.ref(`${job}.priority`)} <= ${sql.lit(maxPriorityWithoutLimit)}`;
  return sql`(accounts.running_jobs = 0 or ${isUrgent} or ${isOneOf(`${job}.kind`, reserved.yieldingKinds)})`;
}

/** @param column of text */
export function isOneOf(column: string, values: readonly string[]): RawBuilder<boolean> {
  if (values.length === 0) return sql`false`;
  return sql`${sql.ref(column)} in (${sql.join(values)})`;
}

/** Whether the worker has a row. Read by the statement that claims, because a sweep may delete it. */
export function isListed(workerId: string): RawBuilder<boolean> {
  return sql`exists (select 1 from workers where workers.id = ${workerId})`;
}

/** The columns `type, details` of a claim's event, from the job's row after the claim. */
export const claimEvent = sql`
  case when fence = 1 then 'started' else 'continued' end,
  case when reason = 'retry'
    then '{"fence":' || fence || ',"retry":' || retries || ',"of":' || max_retries || '}'
    else '{"fence":' || fence || '}' end`;

/**
 * Whether a claim writes its event. Workers that do not know the kind of a job claim it again and again:
 * the run in the first one that knows it writes the event.
 */
export const writesClaimEvent = sql`coalesce(reason, '') <> 'unknown_kind'`;

/** The number of the last event after a claim. */
export const eventSeqAfterClaim = sql<number>`
  event_seq + case when ${writesClaimEvent} then 1 else 0 end`;

/** The type of the event that `claimEvent` writes for this row. */
export function claimEventType({ fence }: { fence: number }): "started" | "continued" {
  return fence === 1 ? "started" : "continued";
}

/**
 * The record of what jobs did to contacts: a row for each batch, written in its transaction, so that an
 * undo can put everything back. `server/backend/schema.ts` describes the columns.
 */
import { sql } from "kysely";
import type { BatchWrite, JobContext } from "../../../server/job.ts";
import type { StoredContact } from "./find-contacts.ts";
import { type ContactValues, valueColumns } from "./merge-contact.ts";

/** The old values of the columns that changed; `job_id` and `updated_at` always. */
export type Before = Partial<Record<(typeof valueColumns)[number], string | null>> & {
  job_id: string;
  updated_at: number;
};

export type Updated = [id: number, before: Before];

export interface BatchChanges {
  job: { id: string; accountId: string };
  /** From 0. */
  batch: number;
  /** The `updated_at` of all contacts that the batch wrote, ms since 1970. */
  at: number;
  /** The first and last address of the batch. */
  emails: readonly [first: string, last: string];
  /** Ids in ascending order. */
  created?: readonly number[];
  updated: readonly Updated[];
}

/** @returns the old values of what changes from `stored` to `after` */
export function beforeUpdate(stored: StoredContact, after: ContactValues): Before {
  const before: Before = { job_id: stored.job_id, updated_at: stored.updated_at };
  for (const [at, column] of valueColumns.entries()) {
    if (stored.values[at] !== after[at]) before[column] = stored.values[at]!;
  }
  return before;
}

/** @returns the values of the contact with the old ones put back */
export function restoreBefore(values: ContactValues, before: Before): ContactValues {
  return valueColumns.map((column, at) => {
    const old = before[column];
    return old === undefined ? values[at] : old;
  }) as ContactValues;
}

/** Writes nothing if the batch changed nothing. */
export async function recordChanges(
  { db }: Pick<BatchWrite, "db">,
  { job, batch, at, emails, created = [], updated }: BatchChanges,
): Promise<void> {
  if (created.length + updated.length === 0) return;
  await db
    .insertInto("contact_changes")
    .values({
      job_id: job.id,
      batch,
      account_id: job.accountId,
      changed_at: at,
      first_email: emails[0],
      last_email: emails[1],
      created: JSON.stringify(toRanges(created)),
      updated: JSON.stringify(updated),
      created_count: created.length,
      updated_count: updated.length,
    })
    .execute();
}

/** @returns how many contacts a job created and updated, over all its batches */
export async function countChanges(
  { db, accountId }: Pick<JobContext, "db" | "accountId">,
  jobId: string,
): Promise<{ created: number; updated: number }> {
  const { created, updated } = await db
    .selectFrom("contact_changes")
    .select([
      sql<number>`coalesce(sum(created_count), 0)`.as("created"),
      sql<number>`coalesce(sum(updated_count), 0)`.as("updated"),
    ])
    .where("job_id", "=", jobId)
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  return { created: Number(created), updated: Number(updated) };
}

/** @param ids in ascending order @returns `[[1, 3], [7, 7]]` for 1, 2, 3 and 7 */
export function toRanges(ids: readonly number[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    if (last && last[1] === id - 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges;
}

/** @param change the columns of a recorded batch @returns the contacts that it created and updated */
export function changedIds(change: { created: string; updated: string }): number[] {
  const updated: Updated[] = JSON.parse(change.updated);
  return [...fromRanges(JSON.parse(change.created)), ...updated.map(([id]) => id)];
}

export function fromRanges(ranges: readonly (readonly [from: number, to: number])[]): number[] {
  return ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at),
  );
}

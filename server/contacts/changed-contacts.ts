/** Finds the contacts that a job created or changed, in the record of changes. */
import { type Selectable, sql } from "kysely";
import type { Backend } from "../backend/backend.ts";
import type { ContactsTable } from "../backend/schema.ts";

interface Change {
  batch: number;
  changed_at: number;
  created: string;
  updated: string;
}

/** Batches per query. */
const pageSize = 10;

/**
 * Reads the batches of the import in order of addresses. Contacts that were deleted since are missing.
 * @param after only contacts with a later address
 */
export async function listChangedContacts(
  { db }: Pick<Backend, "db">,
  { accountId, jobId }: { accountId: string; jobId: string },
  { limit, after = "" }: { limit: number; after?: string | undefined },
): Promise<Selectable<ContactsTable>[]> {
  const contacts = new Map<number, Selectable<ContactsTable>>();
  let batch = -1;
  while (contacts.size < limit) {
    const changes = await db
      .selectFrom("contact_changes")
      .select(["batch", "changed_at", "created", "updated"])
      .where("job_id", "=", jobId)
      .where("account_id", "=", accountId)
      .where("batch", ">", batch)
      .where("last_email", ">", after)
      .orderBy("batch")
      .limit(contacts.size === 0 && batch === -1 ? 1 : pageSize)
      .execute();
    if (changes.length === 0) break;
    batch = changes.at(-1)!.batch;
    const rows = await db
      .selectFrom("contacts")
      .selectAll()
      .where("account_id", "=", accountId)
      .where("email", ">", after)
      .where("id", "in", changes.flatMap(changedIds))
      // SQLite gives the highest id again once its contact was deleted.
      .where("created_at", "<=", changes.at(-1)!.changed_at)
      .orderBy("email")
      .execute();
    for (const row of rows) contacts.set(row.id, row);
  }
  return [...contacts.values()].slice(0, limit);
}

/** @returns how many contacts the job created or changed, those that were deleted since included */
export async function countChangedContacts(
  { db }: Pick<Backend, "db">,
  { accountId, jobId }: { accountId: string; jobId: string },
): Promise<number> {
  const { count } = await db
    .selectFrom("contact_changes")
    .select(sql<number>`coalesce(sum(created_count + updated_count), 0)`.as("count"))
    .where("job_id", "=", jobId)
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

function changedIds({ created, updated }: Change): number[] {
  const ranges: [number, number][] = JSON.parse(created);
  const changed: [number, unknown][] = JSON.parse(updated);
  return [
    ...ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => from + at)),
    ...changed.map(([id]) => id),
  ];
}

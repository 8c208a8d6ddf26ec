/** Finds the contacts that a job created or changed, in the record of changes. */

import { changedIds } from "../../jobs/lib/contacts/contact-changes.ts";
import type { Backend } from "../backend/backend.ts";
import type { ContactRow } from "../backend/schema.ts";
import { compareContacts } from "./contact-sort.ts";
import { findContactsById } from "./find-contacts-by-id.ts";

/** Batches per query. */
const pageSize = 10;

/** Contacts with a later address, or those with an earlier one that are nearest to it. */
export interface AddressRange {
  after?: string | undefined;
  before?: string | undefined;
}

/**
 * Reads the batches of the job in order of addresses. Contacts that were deleted since are missing.
 * @returns contacts in order of addresses; with `before` in reverse order
 */
export async function listChangedContacts(
  { db }: Pick<Backend, "db">,
  { accountId, jobId }: { accountId: string; jobId: string },
  { limit, after = "", before }: AddressRange & { limit: number },
): Promise<ContactRow[]> {
  const contacts = new Map<number, ContactRow>();
  let last: number | undefined;
  while (contacts.size < limit) {
    let query = db
      .selectFrom("contact_changes")
      .select(["batch", "changed_at", "created", "updated"])
      .where("job_id", "=", jobId)
      .where("account_id", "=", accountId)
      .orderBy("batch", before === undefined ? "asc" : "desc")
      .limit(last === undefined ? 1 : pageSize);
    if (before === undefined) query = query.where("last_email", ">", after);
    else query = query.where("first_email", "<", before);
    if (last !== undefined) query = query.where("batch", before === undefined ? ">" : "<", last);
    const changes = await query.execute();
    if (changes.length === 0) break;
    last = changes.at(-1)!.batch;
    for (const change of changes) {
      for (const row of await findContactsById({ db }, accountId, changedIds(change))) {
        const isInRange = before === undefined ? row.email > after : row.email < before;
        // SQLite gives the highest id again once its contact was deleted.
        if (isInRange && row.created_at <= change.changed_at) contacts.set(row.id, row);
      }
      if (contacts.size >= limit) break;
    }
  }
  const rows = [...contacts.values()].sort(compareContacts("email"));
  return (before === undefined ? rows : rows.reverse()).slice(0, limit);
}

/** Takes back the changes of a job, batch by batch, the last one first. */
import type { BatchWrite, JobContext, Tally } from "../../../server/job.ts";
import { compareBytes } from "../external-sort/byte-order.ts";
import {
  type Before,
  beforeUpdate,
  countChanges,
  fromRanges,
  recordChanges,
  restoreBefore,
  type Updated,
} from "./contact-changes.ts";
import { addToContactCount, lockContacts, wholeRow } from "./contacts-table.ts";
import { findById, type StoredContact } from "./find-contacts.ts";

/** A recorded batch of the job that is undone. */
export interface Change {
  batch: number;
  changed_at: number;
  created: number[];
  updated: Updated[];
}

/** The cursor of an undo. */
interface UndoProgress {
  /** The batch that was undone last; those with a lower number are still to come. */
  batch: number;
  /** Batches and contacts so far. */
  batches: number;
  contacts: number;
}

/** Counts contacts that somebody changed or deleted since as skipped. */
export async function undoChanges(job: JobContext, undoneId: string): Promise<void> {
  let batches = 0;
  const { created, updated } = await countChanges(job, undoneId);
  await job.batches<Change, UndoProgress>({
    total: created + updated,
    async *from(cursor) {
      let contacts = cursor?.contacts ?? 0;
      batches = cursor?.batches ?? 0;
      for await (const change of changesOf(job, undoneId, cursor?.batch)) {
        contacts += change.created.length + change.updated.length;
        batches++;
        yield {
          items: [change],
          cursor: { batch: change.batch, batches, contacts },
          done: contacts,
        };
      }
    },
    write: ([change], write) => undoBatch(job, write, { undoneId, change: change!, batches }),
  });
}

/**
 * Yields the recorded batches of a job, the last one first.
 * @param below only batches with a lower number
 */
export async function* changesOf(
  { db, accountId }: JobContext,
  jobId: string,
  below = 2 ** 31 - 1,
): AsyncGenerator<Change> {
  for (let next = below; ; ) {
    const row = await db
      .selectFrom("contact_changes")
      .select(["batch", "changed_at", "created", "updated"])
      .where("job_id", "=", jobId)
      .where("account_id", "=", accountId)
      .where("batch", "<", next)
      .orderBy("batch", "desc")
      .limit(1)
      .executeTakeFirst();
    if (!row) return;
    const { batch, changed_at, created, updated } = row;
    next = batch;
    yield {
      batch,
      changed_at,
      created: fromRanges(JSON.parse(created)),
      updated: JSON.parse(updated),
    };
  }
}

async function undoBatch(
  job: JobContext,
  write: BatchWrite,
  { undoneId, change, batches }: { undoneId: string; change: Change; batches: number },
): Promise<Partial<Tally>> {
  await lockContacts(write, job.accountId);
  const ids = [...change.created, ...change.updated.map(([id]) => id)];
  const contacts = await findById(write, job.accountId, ids);
  const isUnchanged = (contact: StoredContact | undefined): contact is StoredContact =>
    contact?.job_id === undoneId && contact.updated_at === change.changed_at;

  const removed = change.created.map((id) => contacts.get(id)).filter(isUnchanged);
  const restored = change.updated.flatMap(([id, before]) => {
    const contact = contacts.get(id);
    return isUnchanged(contact) ? [{ contact, before }] : [];
  });
  await removeContacts(job, write, removed);
  await restoreContacts(job, write, restored);
  const emails = [...removed, ...restored.map(({ contact }) => contact)]
    .map(({ email }) => email)
    .sort(compareBytes);
  await recordChanges(write, {
    job,
    batch: batches - 1,
    at: Date.now(),
    emails: [emails[0] ?? "", emails.at(-1) ?? ""],
    updated: restored.map(({ contact, before }) => [
      contact.id,
      beforeUpdate(contact, restoreBefore(contact.values, before)),
    ]),
  });
  const succeeded = removed.length + restored.length;
  return { succeeded, skipped: ids.length - succeeded };
}

async function removeContacts(
  { accountId }: JobContext,
  write: BatchWrite,
  contacts: readonly StoredContact[],
): Promise<void> {
  if (contacts.length === 0) return;
  const ids = contacts.map(({ id }) => id);
  await write.db.deleteFrom("contacts").where("id", "in", ids).execute();
  await addToContactCount(write, accountId, -contacts.length);
}

/** Restores who wrote the contact last and when, too, so that an earlier job can be undone next. */
async function restoreContacts(
  { accountId }: JobContext,
  write: BatchWrite,
  restored: readonly { contact: StoredContact; before: Before }[],
): Promise<void> {
  const rows = restored.map(({ contact, before }) => {
    const values = restoreBefore(contact.values, before);
    const { job_id, updated_at } = before;
    return [accountId, contact.email, ...values, job_id, updated_at, updated_at];
  });
  await write.upsert("contacts", rows, wholeRow);
}

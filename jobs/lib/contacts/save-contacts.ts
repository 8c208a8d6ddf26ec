/** Second step of an import: merges the sorted runs and saves the contacts in key order. */
import type { BatchWrite, JobContext } from "../../../server/job.ts";
import type { RunPosition } from "../external-sort/run-row.ts";
import { mergeRuns } from "../external-sort/sorted-runs.ts";
import { beforeUpdate, countChanges, recordChanges, type Updated } from "./contact-changes.ts";
import type { ContactRow } from "./contact-rows.ts";
import { addToContactCount, lockContacts, wholeRow } from "./contacts-table.ts";
import { findByEmail } from "./find-contacts.ts";
import { type ContactValues, mergeValues } from "./merge-contact.ts";
import type { Comparison } from "./messages.ts";

/** How to treat a contact that exists already or appears earlier in the file. */
export type Duplicates = "update" | "skip";

interface SavePosition extends RunPosition {
  /** Batches so far. */
  batches: number;
  /** Contacts so far; rows of one contact in a batch count once. */
  contacts: number;
}

export async function saveContacts(
  job: JobContext,
  runs: readonly string[],
  {
    total,
    duplicates,
    size = job.maxUpsertRows,
  }: { total: number; duplicates: Duplicates; size?: number },
): Promise<Comparison> {
  let batches = 0;
  let found = 0;
  let merged: ContactRow[] = [];
  await job.batches<ContactRow, SavePosition>({
    total,
    async *from(last) {
      batches = last?.batches ?? 0;
      found = last?.contacts ?? 0;
      for await (const items of mergeRuns<ContactRow>(job.scratch, runs, { from: last, size })) {
        const [key, order] = items.at(-1)!;
        merged = mergeRows(items, duplicates);
        found += merged.length;
        yield { items, cursor: { key, order, batches: batches + 1, contacts: found } };
        batches++;
      }
    },
    async write(contacts, write) {
      const inserted = await saveBatch(job, write, merged, { batch: batches, duplicates });
      const saved = duplicates === "update" ? contacts.length : inserted;
      return { succeeded: saved, skipped: contacts.length - saved };
    },
  });
  const { created, updated } = await countChanges(job, job.id);
  return { created, updated, unchanged: Math.max(0, found - created - updated) };
}

/** @returns the number of new contacts */
async function saveBatch(
  job: JobContext,
  write: BatchWrite,
  contacts: readonly ContactRow[],
  { batch, duplicates }: { batch: number; duplicates: Duplicates },
): Promise<number> {
  const at = Date.now();
  const emails = contacts.map(([email]) => email);
  await lockContacts(write, job.accountId);
  const stored = await findByEmail(write, job.accountId, emails);
  const rows: unknown[][] = [];
  const updated: Updated[] = [];
  for (const [email, , ...given] of contacts) {
    const known = stored.get(email);
    if (known && duplicates === "skip") continue;
    const values: ContactValues = known ? mergeValues(known.values, given) : given;
    if (values === known?.values) continue;
    if (known) updated.push([known.id, beforeUpdate(known, values)]);
    rows.push([job.accountId, email, ...values, job.id, at, at]);
  }
  const { inserted, insertedIds = [] } = await write.upsert("contacts", rows, wholeRow);
  await recordChanges(write, {
    job,
    batch,
    at,
    emails: [emails[0]!, emails.at(-1)!],
    created: insertedIds,
    updated,
  });
  await addToContactCount(write, job.accountId, inserted);
  return inserted;
}

/**
 * Merges rows of the same key, which are adjacent and in the order of the file: "update" applies each
 * in turn, "skip" keeps the first. Rows of one key in two batches give the same outcome, because
 * saving applies the same rule.
 */
export function mergeRows(contacts: readonly ContactRow[], duplicates: Duplicates): ContactRow[] {
  const once: ContactRow[] = [];
  for (const contact of contacts) {
    const before = once.at(-1);
    if (before?.[0] !== contact[0]) once.push(contact);
    else if (duplicates === "update") once[once.length - 1] = mergeRow(before, contact);
  }
  return once;
}

function mergeRow([email, row, ...before]: ContactRow, [, , ...given]: ContactRow): ContactRow {
  return [email, row, ...mergeValues(before, given)];
}

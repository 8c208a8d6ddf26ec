/** Second step of an import: merges the sorted runs and saves the contacts in key order. */
import type { BatchWrite, JobContext } from "../../../server/job.ts";
import type { RunPosition } from "../external-sort/run-row.ts";
import { readAhead } from "../read-ahead.ts";
import { beforeUpdate, countChanges, recordChanges, type Updated } from "./contact-changes.ts";
import { addContactNames, type ContactNames } from "./contact-names.ts";
import type { ContactRow } from "./contact-rows.ts";
import { addToContactCount, lockContacts, wholeRow } from "./contacts-table.ts";
import { findByEmail } from "./find-contacts.ts";
import { type ContactValues, mergeValues } from "./merge-contact.ts";
import { type Duplicates, type MergedBatch, mergedContacts } from "./merged-contacts.ts";
import type { Comparison } from "./messages.ts";

/** The cursor: where the last batch ended, and what came before. */
interface SavePosition extends RunPosition {
  batches: number;
  contacts: number;
  rows: number;
}

/** @param options.names are saved with the first contacts */
export async function saveContacts(
  job: JobContext,
  runs: readonly string[],
  options: { total: number; duplicates: Duplicates; names: ContactNames; size?: number },
): Promise<Comparison> {
  const { total, duplicates, names, size = job.maxUpsertRows } = options;
  const saved = { batches: 0, contacts: 0, rows: 0 };
  await job.batches<MergedBatch, SavePosition>({
    total,
    async *from(last) {
      if (last)
        Object.assign(saved, { batches: last.batches, contacts: last.contacts, rows: last.rows });
      const options = { from: last, size, duplicates };
      for await (const batch of readAhead(mergedContacts(job.scratch, runs, options))) {
        saved.batches++;
        saved.contacts += batch.contacts.length;
        saved.rows += batch.rows;
        yield { items: [batch], cursor: { ...batch.position, ...saved }, done: saved.rows };
      }
    },
    async write([batch], write) {
      const { contacts, rows } = batch!;
      const number = saved.batches - 1;
      if (number === 0) await addContactNames(write, job.accountId, names);
      const inserted = await saveBatch(job, write, contacts, { batch: number, duplicates });
      const succeeded = duplicates === "update" ? rows : inserted;
      return { succeeded, skipped: rows - succeeded };
    },
  });
  const { created, updated } = await countChanges(job, job.id);
  return { created, updated, unchanged: saved.contacts - created - updated };
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
  const added: unknown[][] = [];
  const changed: unknown[][] = [];
  const updated: Updated[] = [];
  for (const [email, , ...given] of contacts) {
    const known = stored.get(email);
    if (known && duplicates === "skip") continue;
    const values: ContactValues = known ? mergeValues(known.values, given) : given;
    if (values === known?.values) continue;
    if (known) updated.push([known.id, beforeUpdate(known, values)]);
    (known ? changed : added).push([job.accountId, email, ...values, job.id, at, at]);
  }
  // The lock keeps others from adding one of them meanwhile.
  const created = await write.insert("contacts", wholeRow.columns, added);
  await write.upsert("contacts", changed, wholeRow);
  await recordChanges(write, {
    job,
    batch,
    at,
    emails: [emails[0]!, emails.at(-1)!],
    created,
    updated,
  });
  await addToContactCount(write, job.accountId, created.length);
  return created.length;
}

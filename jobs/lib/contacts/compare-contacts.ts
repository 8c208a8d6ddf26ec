/** Second step of a check: compares the sorted contacts of a file with those that the account has. */
import type { JobContext } from "../../../server/job.ts";
import type { RunPosition } from "../external-sort/run-row.ts";
import { readAhead } from "../read-ahead.ts";
import { writeCheckedContacts } from "./checked-contacts.ts";
import type { ContactRow } from "./contact-rows.ts";
import { findByEmail } from "./find-contacts.ts";
import { mergeValues } from "./merge-contact.ts";
import { type Duplicates, type MergedBatch, mergedContacts } from "./merged-contacts.ts";
import type { Comparison } from "./messages.ts";
import { type ReadProgress, runNames } from "./read-contacts.ts";

interface ComparePosition extends RunPosition, Comparison {
  /** Rows so far. */
  rows: number;
}

export async function compareContacts(
  job: JobContext,
  read: ReadProgress,
  duplicates: Duplicates,
  size = job.maxUpsertRows,
): Promise<Comparison> {
  let found: Comparison = { created: 0, updated: 0, unchanged: 0 };
  const runs = runNames(read);
  await job.batches<MergedBatch, ComparePosition>({
    total: read.contacts,
    async *from(last) {
      if (last) found = pickCounts(last);
      let rows = last?.rows ?? 0;
      const options = { from: last, size, duplicates };
      for await (const batch of readAhead(mergedContacts(job.scratch, runs, options))) {
        await compare(batch.contacts);
        rows += batch.rows;
        yield { items: [batch], cursor: { ...batch.position, ...found, rows }, done: rows };
      }
    },
    write: async ([batch]) => ({ succeeded: batch!.rows }),
  });
  await writeCheckedContacts(job, runs);
  return found;

  async function compare(contacts: readonly ContactRow[]): Promise<void> {
    const emails = contacts.map(([email]) => email);
    const stored = await findByEmail(job, job.accountId, emails);
    for (const [email, , ...given] of contacts) {
      const values = stored.get(email)?.values;
      if (!values) found.created++;
      else if (duplicates === "skip" || mergeValues(values, given) === values) found.unchanged++;
      else found.updated++;
    }
  }
}

function pickCounts({ created, updated, unchanged }: Comparison): Comparison {
  return { created, updated, unchanged };
}

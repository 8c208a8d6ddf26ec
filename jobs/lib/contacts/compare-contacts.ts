/** Second step of a check: compares the sorted contacts of a file with those that the account has. */
import type { JobContext } from "../../../server/job.ts";
import type { RunPosition } from "../external-sort/run-row.ts";
import { mergeRuns } from "../external-sort/sorted-runs.ts";
import { writeCheckedContacts } from "./checked-contacts.ts";
import type { ContactRow } from "./contact-rows.ts";
import { findByEmail } from "./find-contacts.ts";
import { mergeValues } from "./merge-contact.ts";
import type { Comparison } from "./messages.ts";
import { type ReadProgress, runNames } from "./read-contacts.ts";
import { type Duplicates, mergeRows } from "./save-contacts.ts";

interface ComparePosition extends RunPosition, Comparison {}

export async function compareContacts(
  job: JobContext,
  read: ReadProgress,
  duplicates: Duplicates,
  size = job.maxUpsertRows,
): Promise<Comparison> {
  const found: Comparison = { created: 0, updated: 0, unchanged: 0 };
  const runs = runNames(read);
  await job.batches<ContactRow, ComparePosition>({
    total: read.contacts,
    async *from(last) {
      if (last) Object.assign(found, pick(last));
      for await (const items of mergeRuns<ContactRow>(job.scratch, runs, { from: last, size })) {
        await compare(items);
        const [key, order] = items.at(-1)!;
        yield { items, cursor: { key, order, ...found } };
      }
    },
    write: async (contacts) => ({ succeeded: contacts.length }),
  });
  await writeCheckedContacts(job, runs);
  return found;

  async function compare(contacts: readonly ContactRow[]): Promise<void> {
    const merged = mergeRows(contacts, duplicates);
    const emails = merged.map(([email]) => email);
    const stored = await findByEmail(job, job.accountId, emails);
    for (const [email, , ...given] of merged) {
      const values = stored.get(email)?.values;
      if (!values) found.created++;
      else if (duplicates === "skip" || mergeValues(values, given) === values) found.unchanged++;
      else found.updated++;
    }
  }
}

function pick({ created, updated, unchanged }: Comparison): Comparison {
  return { created, updated, unchanged };
}

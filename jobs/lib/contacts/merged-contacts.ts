/** Merges the sorted runs of a file into its contacts: rows of one address become one contact. */
import type { Scratch } from "../../../server/job.ts";
import type { RunPosition } from "../external-sort/run-row.ts";
import { mergeRuns } from "../external-sort/sorted-runs.ts";
import type { ContactRow } from "./contact-rows.ts";
import { mergeValues } from "./merge-contact.ts";

/** How to treat a contact that exists already or appears earlier in the file. */
export type Duplicates = "update" | "skip";

export interface MergedBatch {
  /** In the order of the database, each address once. */
  contacts: ContactRow[];
  /** The rows of the file that they come from. */
  rows: number;
  /** The position behind the last of these rows. */
  position: RunPosition;
}

/**
 * No address continues in the next batch, so the outcome does not depend on the size of batches.
 * "update" applies the rows of an address in their order, "skip" keeps the first.
 * @param options.size contacts in a batch
 */
export async function* mergedContacts(
  scratch: Pick<Scratch, "read">,
  runs: readonly string[],
  options: { from: RunPosition | undefined; size: number; duplicates: Duplicates },
): AsyncGenerator<MergedBatch, void, undefined> {
  const { from, size, duplicates } = options;
  let batch: MergedBatch | undefined;
  for await (const rows of mergeRuns<ContactRow>(scratch, runs, { ...(from && { from }), size })) {
    for (const row of rows) {
      const position = { key: row[0], order: row[1] };
      const last = batch?.contacts.at(-1);
      if (batch && last?.[0] === row[0]) {
        if (duplicates === "update") batch.contacts[batch.contacts.length - 1] = merge(last, row);
      } else if (batch && batch.contacts.length < size) batch.contacts.push(row);
      else {
        if (batch) yield batch;
        batch = { contacts: [row], rows: 0, position };
      }
      batch.rows++;
      batch.position = position;
    }
  }
  if (batch) yield batch;
}

function merge([email, row, ...before]: ContactRow, [, , ...given]: ContactRow): ContactRow {
  return [email, row, ...mergeValues(before, given)];
}

/** Second step of an import: merges the sorted runs and upserts the contacts in key order. */
import { sql } from "kysely";
import type { JobContext, Upsert } from "../../../server/job.ts";
import type { RunPosition } from "../external-sort/run-row.ts";
import { mergeRuns } from "../external-sort/sorted-runs.ts";
import type { ContactRow } from "./contact-rows.ts";

/** How to treat a contact that exists already or appears earlier in the file. */
export type Duplicates = "update" | "skip";

const fields = ["first_name", "last_name", "company", "phone"] as const;
const columns = ["account_id", "email", ...fields, "job_id", "created_at", "updated_at"];
const key = ["account_id", "email"];
const upserts: Record<Duplicates, Upsert> = {
  // An empty cell never overwrites an existing value.
  update: { columns, key, update: ["job_id", "updated_at"], updateIfGiven: fields },
  skip: { columns, key, update: [] },
};

export async function saveContacts(
  job: JobContext,
  runs: readonly string[],
  {
    total,
    duplicates,
    size = job.maxUpsertRows,
  }: { total: number; duplicates: Duplicates; size?: number },
): Promise<void> {
  await job.batches<ContactRow, RunPosition>({
    total,
    async *from(last) {
      for await (const items of mergeRuns<ContactRow>(job.scratch, runs, { from: last, size })) {
        const [key, order] = items.at(-1)!;
        yield { items, cursor: { key, order } };
      }
    },
    async write(contacts, { db, upsert }) {
      const now = Date.now();
      const rows = mergeDuplicates(contacts, duplicates).map(([email, , ...values]) => {
        return [job.accountId, email, ...values, job.id, now, now];
      });
      const { inserted } = await upsert("contacts", rows, upserts[duplicates]);
      if (inserted > 0) {
        await db
          .updateTable("accounts")
          .set({ contact_count: sql`contact_count + ${inserted}` })
          .where("id", "=", job.accountId)
          .execute();
      }
      const saved = duplicates === "update" ? contacts.length : inserted;
      return { succeeded: saved, skipped: contacts.length - saved };
    },
  });
}

/**
 * Merges rows of the same key, which are adjacent and in the order of the file: "update" applies each
 * in turn, "skip" keeps the first. Rows of one key in two batches give the same outcome, because the
 * upsert applies the same rule.
 */
function mergeDuplicates(contacts: readonly ContactRow[], duplicates: Duplicates): ContactRow[] {
  const once: ContactRow[] = [];
  for (const contact of contacts) {
    const before = once.at(-1);
    if (before?.[0] !== contact[0]) once.push(contact);
    else if (duplicates === "update") once[once.length - 1] = mergeContact(before, contact);
  }
  return once;
}

function mergeContact(before: ContactRow, contact: ContactRow): ContactRow {
  return contact.map((value, at) => value ?? before[at]) as ContactRow;
}

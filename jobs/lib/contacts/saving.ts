/** The second half of an import: the sorted runs are merged into the audience, key by key. */
import { sql } from "kysely";
import type { JobContext, Upsert } from "../../../server/job.ts";
import type { After } from "../run-row.ts";
import { mergeRuns } from "../sorted-runs.ts";
import type { ContactRow } from "./validate.ts";

/** What becomes of a contact that is in the audience already, or stands in the file before. */
export type Duplicates = "update" | "skip";

const fields = ["first_name", "last_name", "company", "phone"] as const;
const columns = ["account_id", "email", ...fields, "job_id", "created_at", "updated_at"];
const key = ["account_id", "email"];
const how: Record<Duplicates, Upsert> = {
  // An empty cell says nothing of a field, so it does not take away what is known.
  update: { columns, key, update: ["job_id", "updated_at"], updateIfGiven: fields },
  skip: { columns, key, update: [] },
};

export async function saveContacts(
  job: JobContext,
  runs: readonly string[],
  {
    total,
    duplicates,
    size = job.batchRows,
  }: { total: number; duplicates: Duplicates; size?: number },
): Promise<void> {
  await job.batches<ContactRow, After>({
    total,
    async *from(last) {
      for await (const items of mergeRuns<ContactRow>(job.scratch, runs, { from: last, size })) {
        const [key, order] = items.at(-1)!;
        yield { items, cursor: { key, order } };
      }
    },
    async write(contacts, { db, upsert }) {
      const now = Date.now();
      const rows = withoutRepeats(contacts, duplicates).map(([email, , ...values]) => {
        return [job.accountId, email, ...values, job.id, now, now];
      });
      const { inserted } = await upsert("contacts", rows, how[duplicates]);
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
 * Rows with the same key follow each other, in the order of the file. To update, each one adds what
 * it knows; to skip, the first one counts. Rows of one key that fall into two batches come out the
 * same, for the database does with the second what is done here.
 */
function withoutRepeats(contacts: readonly ContactRow[], duplicates: Duplicates): ContactRow[] {
  const once: ContactRow[] = [];
  for (const contact of contacts) {
    const before = once.at(-1);
    if (before?.[0] !== contact[0]) once.push(contact);
    else if (duplicates === "update") once[once.length - 1] = updated(before, contact);
  }
  return once;
}

function updated(before: ContactRow, contact: ContactRow): ContactRow {
  return contact.map((value, at) => value ?? before[at]) as ContactRow;
}

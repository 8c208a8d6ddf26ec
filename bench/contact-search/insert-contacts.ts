/** Inserts contacts as an import does, with its record of changes, but without reading a file. */
import { recordChanges } from "../../jobs/lib/contacts/contact-changes.ts";
import type { Backend } from "../../server/backend/backend.ts";
import { people } from "../import/csv.ts";

const batchSize = 5_000;
const columns = ["account_id", "email", "first_name", "last_name", "company", "phone"];

/** @param jobId a finished job */
export async function insertContacts(
  backend: Backend,
  { accountId, jobId }: { accountId: string; jobId: string },
  count: number,
): Promise<void> {
  const rows = [...people(count)].map(({ email, firstName, lastName, company, phone }) => [
    ...[accountId, email, firstName, lastName, company, phone],
  ]);
  rows.sort((a, b) => (a[1]! < b[1]! ? -1 : 1));
  for (let batch = 0; batch * batchSize < count; batch++) {
    const some = rows.slice(batch * batchSize, (batch + 1) * batchSize);
    const at = backend.now();
    await backend.write(async (tx) => {
      const created = await tx.insert(
        "contacts",
        [...columns, "job_id", "created_at", "updated_at"],
        some.map((row) => [...row, jobId, at, at]),
      );
      await recordChanges(tx, {
        ...{ job: { id: jobId, accountId }, batch, at },
        emails: [some[0]![1]!, some.at(-1)![1]!],
        created,
        updated: [],
      });
    });
  }
  await backend.db
    .updateTable("accounts")
    .set({ contact_count: count })
    .where("id", "=", accountId)
    .execute();
}

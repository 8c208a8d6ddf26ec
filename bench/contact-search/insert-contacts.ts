/** Inserts contacts as an import does, with its record of changes, but without reading a file. */
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
      const { insertedIds = [] } = await tx.upsert(
        "contacts",
        some.map((row) => [...row, jobId, at, at]),
        {
          columns: [...columns, "job_id", "created_at", "updated_at"],
          key: ["account_id", "email"],
          update: [],
          returnIds: true,
        },
      );
      await tx.db
        .insertInto("contact_changes")
        .values({
          ...{ job_id: jobId, batch, account_id: accountId, changed_at: at },
          ...{ first_email: some[0]![1]!, last_email: some.at(-1)![1]! },
          created: JSON.stringify([[insertedIds[0], insertedIds.at(-1)]]),
          ...{ updated: "[]", deleted: "[]" },
          ...{ created_count: some.length, updated_count: 0, deleted_count: 0 },
        })
        .execute();
    });
  }
  await backend.db
    .updateTable("accounts")
    .set({ contact_count: count })
    .where("id", "=", accountId)
    .execute();
}

import type { WriteTransaction } from "../backend/backend.ts";

const firstNames = [
  "Ada",
  "Grace",
  "Alan",
  "Edsger",
  "Barbara",
  "Donald",
  "Margaret",
  "Tim",
  "Radia",
];
const lastNames = [
  "Lovelace",
  "Hopper",
  "Turing",
  "Dijkstra",
  "Liskov",
  "Knuth",
  "Hamilton",
  "Perlman",
];
const companies = ["Harbour Street Bakery", "North Wind Energy", "Lantern Books", ""];

/** Inserts some contacts as the result of the seeded import. */
export async function seedContacts(
  tx: WriteTransaction,
  accountId: string,
  jobId: string,
  at: number,
): Promise<void> {
  const rows = firstNames.flatMap((firstName, row) =>
    lastNames.map((lastName, column) => [
      accountId,
      `${firstName}.${lastName}@example.com`.toLowerCase(),
      firstName,
      lastName,
      companies[(row + column) % companies.length] || null,
      jobId,
      at,
      at,
    ]),
  );
  rows.sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1));
  const columns = ["account_id", "email", "first_name", "last_name", "company"];
  const { insertedIds = [] } = await tx.upsert("contacts", rows, {
    columns: [...columns, "job_id", "created_at", "updated_at"],
    key: ["account_id", "email"],
    update: [],
    returnIds: true,
  });
  await tx.db
    .insertInto("contact_changes")
    .values({
      ...{ job_id: jobId, batch: 0, account_id: accountId, changed_at: at },
      first_email: String(rows[0]![1]),
      last_email: String(rows.at(-1)![1]),
      created: JSON.stringify([[insertedIds[0], insertedIds.at(-1)]]),
      updated: "[]",
      deleted: "[]",
      ...{ created_count: rows.length, updated_count: 0, deleted_count: 0 },
    })
    .execute();
  await tx.db
    .updateTable("accounts")
    .set({ contact_count: rows.length })
    .where("id", "=", accountId)
    .execute();
}

import { recordChanges } from "../../jobs/lib/contacts/contact-changes.ts";
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
  const created = await tx.insert(
    "contacts",
    [...columns, "job_id", "created_at", "updated_at"],
    rows,
  );
  await recordChanges(tx, {
    ...{ job: { id: jobId, accountId }, batch: 0, at },
    emails: [String(rows[0]![1]), String(rows.at(-1)![1])],
    created,
    updated: [],
  });
  await tx.db
    .updateTable("accounts")
    .set({ contact_count: rows.length })
    .where("id", "=", accountId)
    .execute();
}

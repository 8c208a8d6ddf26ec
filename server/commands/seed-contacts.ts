import type { WriteTransaction } from "../backend/backend.ts";

const first = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Margaret", "Tim", "Radia"];
const last = ["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Hamilton", "Perlman"];
const companies = ["Harbour Street Bakery", "North Wind Energy", "Lantern Books", ""];

/** A small audience, brought by the seeded import. */
export async function seedContacts(
  tx: WriteTransaction,
  accountId: string,
  jobId: string,
  at: number,
): Promise<void> {
  const rows = first.flatMap((given, row) =>
    last.map((family, column) => [
      accountId,
      `${given}.${family}@example.com`.toLowerCase(),
      given,
      family,
      companies[(row + column) % companies.length] || null,
      jobId,
      at,
      at,
    ]),
  );
  rows.sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1));
  const columns = ["account_id", "email", "first_name", "last_name", "company"];
  await tx.upsert("contacts", rows, {
    columns: [...columns, "job_id", "created_at", "updated_at"],
    key: ["account_id", "email"],
    update: [],
  });
  await tx.db
    .updateTable("accounts")
    .set({ contact_count: rows.length })
    .where("id", "=", accountId)
    .execute();
}

/** The names of an account's custom fields and tags, which pages offer for filters and exports. */
import type { AccountData, BatchWrite } from "../../../server/job.ts";
import type { ReadProgress } from "./read-contacts.ts";

/** Names that the rows of a file have. */
export type ContactNames = Pick<ReadProgress, "customFields" | "tags">;

/** Adds the names that the account does not have yet. */
export async function addContactNames(
  { db }: BatchWrite,
  accountId: string,
  { customFields, tags }: ContactNames,
): Promise<void> {
  for (const [table, names] of [
    ["contact_fields", customFields],
    ["contact_tags", tags],
  ] as const) {
    const rows = names.map((name) => ({ account_id: accountId, name, created_at: Date.now() }));
    if (rows.length === 0) continue;
    await db
      .insertInto(table)
      .values(rows)
      .onConflict((conflict) => conflict.columns(["account_id", "name"]).doNothing())
      .execute();
  }
}

/** @returns the names of the account's custom fields, the oldest first */
export function listCustomFields(account: Account): Promise<string[]> {
  return listNames(account, "contact_fields");
}

/** @returns the tags of the account, the oldest first */
export function listTags(account: Account): Promise<string[]> {
  return listNames(account, "contact_tags");
}

type Account = Pick<AccountData, "db" | "accountId">;

async function listNames(
  { db, accountId }: Account,
  table: "contact_fields" | "contact_tags",
): Promise<string[]> {
  const rows = await db
    .selectFrom(table)
    .select("name")
    .where("account_id", "=", accountId)
    .orderBy("created_at")
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

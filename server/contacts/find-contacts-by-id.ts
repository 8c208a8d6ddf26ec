import type { Backend } from "../backend/backend.ts";
import type { ContactRow } from "../backend/schema.ts";

/**
 * Finds contacts of an account, in no order. The account is compared here: with it in the query,
 * SQLite reads all of the account's contacts.
 */
export async function findContactsById(
  { db }: Pick<Backend, "db">,
  accountId: string,
  ids: readonly number[],
): Promise<ContactRow[]> {
  if (ids.length === 0) return [];
  const contacts = await db.selectFrom("contacts").selectAll().where("id", "in", ids).execute();
  return contacts.filter(({ account_id }) => account_id === accountId);
}

/** Contacts in keyset pages: a count or a `like` over a million rows would block the process. */
import type { Kysely, Selectable } from "kysely";
import type { ContactsTable, Schema } from "../backend/schema.ts";

export type ContactRow = Selectable<ContactsTable>;

export interface ContactSearch {
  accountId: string;
  /** Matches the start of the email address. */
  prefix: string;
  /** Only contacts that this job created or changed last. */
  jobId?: string | undefined;
}

/** @param after last email of the previous page */
export async function searchContacts(
  db: Kysely<Schema>,
  search: ContactSearch,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ contacts: ContactRow[]; next: string | undefined }> {
  const prefix = search.prefix.toLowerCase();
  let query = db
    .selectFrom("contacts")
    .selectAll()
    .where("account_id", "=", search.accountId)
    .orderBy("email")
    .limit(limit + 1);
  if (prefix) query = query.where("email", ">=", prefix).where("email", "<", prefixEnd(prefix));
  if (search.jobId) query = query.where("job_id", "=", search.jobId);
  if (after) query = query.where("email", ">", after);
  const found = await query.execute();
  const contacts = found.slice(0, limit);
  return { contacts, next: found.length > limit ? contacts.at(-1)!.email : undefined };
}

/** Sorts after every text with this prefix: U+10FFFF is the last character in UTF-8 order. */
function prefixEnd(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

/** Reads the stored count, which every import updates. */
export async function countContacts(db: Kysely<Schema>, accountId: string): Promise<number> {
  const account = await db
    .selectFrom("accounts")
    .select("contact_count")
    .where("id", "=", accountId)
    .executeTakeFirst();
  return account?.contact_count ?? 0;
}

/** The audience, by keyset pages: a count or a `like` over a million rows would stop the process. */
import type { Kysely, Selectable } from "kysely";
import type { ContactsTable, Schema } from "../backend/schema.ts";

export type ContactRow = Selectable<ContactsTable>;

export interface ContactSearch {
  accountId: string;
  /** The beginning of an email address. */
  prefix: string;
  /** Only those that this job brought or changed last. */
  jobId?: string | undefined;
}

/** @param after the email that the page before ended with */
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
  if (prefix) query = query.where("email", ">=", prefix).where("email", "<", behind(prefix));
  if (search.jobId) query = query.where("job_id", "=", search.jobId);
  if (after) query = query.where("email", ">", after);
  const found = await query.execute();
  const contacts = found.slice(0, limit);
  return { contacts, next: found.length > limit ? contacts.at(-1)!.email : undefined };
}

/** The first text behind all that begin with this one: U+10FFFF sorts last in UTF-8. */
function behind(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

/** The account's contacts, as counted with every import. */
export async function countContacts(db: Kysely<Schema>, accountId: string): Promise<number> {
  const account = await db
    .selectFrom("accounts")
    .select("contact_count")
    .where("id", "=", accountId)
    .executeTakeFirst();
  return account?.contact_count ?? 0;
}

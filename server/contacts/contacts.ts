/** Contacts in keyset pages: a count or a `like` over a million rows would block the process. */
import type { Selectable } from "kysely";
import type { Backend } from "../backend/backend.ts";
import type { ContactsTable } from "../backend/schema.ts";

export type ContactRow = Selectable<ContactsTable>;

export interface ContactSearch {
  accountId: string;
  /** Matches the start of the email address. */
  prefix: string;
  /** Only contacts that this job created or changed last. */
  jobId?: string | undefined;
}

export interface ContactReader {
  /** One page, by email. @param page.after last email of the previous page */
  list(
    search: ContactSearch,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ contacts: ContactRow[]; next: string | undefined }>;
  /** Reads the stored count of an account, which every import updates. */
  count(accountId: string): Promise<number>;
}

export function createContactReader({ db }: Pick<Backend, "db">): ContactReader {
  return {
    async list({ accountId, prefix: given, jobId }, { limit, after }) {
      const prefix = given.toLowerCase();
      let query = db
        .selectFrom("contacts")
        .selectAll()
        .where("account_id", "=", accountId)
        .orderBy("email")
        .limit(limit + 1);
      if (prefix) query = query.where("email", ">=", prefix).where("email", "<", prefixEnd(prefix));
      if (jobId) query = query.where("job_id", "=", jobId);
      if (after) query = query.where("email", ">", after);
      const found = await query.execute();
      const contacts = found.slice(0, limit);
      return { contacts, next: found.length > limit ? contacts.at(-1)!.email : undefined };
    },
    async count(accountId) {
      const account = await db
        .selectFrom("accounts")
        .select("contact_count")
        .where("id", "=", accountId)
        .executeTakeFirst();
      return account?.contact_count ?? 0;
    },
  };
}

/** Sorts after every text with this prefix: U+10FFFF is the last character in UTF-8 order. */
function prefixEnd(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

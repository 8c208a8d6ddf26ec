/** Contacts in keyset pages: a count or a `like` over a million rows would block the process. */
import type { Selectable } from "kysely";
import type { Backend } from "../backend/backend.ts";
import type { ContactsTable } from "../backend/schema.ts";
import { countChangedContacts, listChangedContacts } from "./changed-contacts.ts";

export type ContactRow = Selectable<ContactsTable>;

export interface ContactSearch {
  accountId: string;
  /** Matches the start of the email address. */
  prefix: string;
  /** Only contacts that this import created or changed. The prefix is then ignored. */
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
  /** Counts the contacts that an import created or changed. */
  countOfJob(accountId: string, jobId: string): Promise<number>;
}

export function createContactReader({ db }: Pick<Backend, "db">): ContactReader {
  return {
    async list({ accountId, prefix: given, jobId }, { limit, after }) {
      if (jobId) {
        const page = { limit: limit + 1, after };
        return pageOf(await listChangedContacts({ db }, { accountId, jobId }, page), limit);
      }
      const prefix = given.toLowerCase();
      let query = db
        .selectFrom("contacts")
        .selectAll()
        .where("account_id", "=", accountId)
        .orderBy("email")
        .limit(limit + 1);
      if (prefix) query = query.where("email", ">=", prefix).where("email", "<", prefixEnd(prefix));
      if (after) query = query.where("email", ">", after);
      return pageOf(await query.execute(), limit);
    },
    countOfJob: (accountId, jobId) => countChangedContacts({ db }, { accountId, jobId }),
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

/** @param found one row more than `limit` if there are more pages */
function pageOf(found: ContactRow[], limit: number) {
  const contacts = found.slice(0, limit);
  return { contacts, next: found.length > limit ? contacts.at(-1)!.email : undefined };
}

/** Sorts after every text with this prefix: U+10FFFF is the last character in UTF-8 order. */
function prefixEnd(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

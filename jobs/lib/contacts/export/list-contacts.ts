/** Lists the contacts that an export is about, page by page in order of their addresses. */
import { sql } from "kysely";
import type { JobContext } from "../../../../server/job.ts";
import { fromRanges } from "../contact-changes.ts";
import { matchesSearch, searchWords } from "../match-contact.ts";
import { type ExportedContact, exportedColumns } from "./export-columns.ts";

/** Contacts must match all of them. */
export interface ContactFilter {
  /** Words, each of which must occur in the contact: see `match-contact.ts`. */
  q?: string | undefined;
  tag?: string | undefined;
  /** An import: the contacts that it created or changed. */
  job_id?: string | undefined;
  /** The beginning of the address. */
  prefix?: string | undefined;
}

export interface ContactPosition {
  /** The address of the last contact that was read. */
  email: string;
  /** The last batch of the import that was read; -1 before the first. */
  batch: number;
}

export interface ContactPage {
  /** The contacts that match. */
  contacts: ExportedContact[];
  position: ContactPosition;
  /** How many were read to find them. */
  read: number;
}

/** U+10FFFF sorts last in UTF-8. */
const highestCharacter = "\u{10ffff}";
/** Batches of an import in a page. */
const batchesPerPage = 10;

/**
 * @param size the maximum number of contacts to read for the next page; asked before each
 */
export async function* listContacts(
  job: JobContext,
  filter: ContactFilter,
  from: ContactPosition,
  size: () => number,
): AsyncGenerator<ContactPage> {
  const words = searchWords(filter.q ?? "");
  const { prefix = "" } = filter;
  const tag = filter.tag || undefined;
  const pages = filter.job_id
    ? pagesOfImport(job, filter.job_id, from)
    : pagesByAddress(job, from, size);
  for await (const { contacts, position, read } of pages) {
    const found = contacts.filter((contact) => matchesSearch(contact, { words, tag }));
    yield { contacts: found, position, read };
  }

  /** Keyset pagination: unlike OFFSET, the last page costs as much as the first. */
  async function* pagesByAddress(
    { db, accountId }: JobContext,
    { email, batch }: ContactPosition,
    size: () => number,
  ): AsyncGenerator<ContactPage> {
    for (let after = email; ; ) {
      const limit = size();
      const contacts: ExportedContact[] = await db
        .selectFrom("contacts")
        .select(exportedColumns)
        .where("account_id", "=", accountId)
        .where("email", ">", after)
        .where("email", ">=", prefix)
        .where("email", "<", prefix + highestCharacter)
        .orderBy("email")
        .limit(limit)
        .execute();
      if (contacts.length === 0) return;
      after = contacts.at(-1)!.email;
      yield { contacts, position: { email: after, batch }, read: contacts.length };
      if (contacts.length < limit) return;
    }
  }

  /** An address may be in two neighbouring batches: the second time it is not behind `email`. */
  async function* pagesOfImport(
    { db, accountId }: JobContext,
    jobId: string,
    { email, batch }: ContactPosition,
  ): AsyncGenerator<ContactPage> {
    for (let last = { email, batch }; ; ) {
      const changes = await db
        .selectFrom("contact_changes")
        .select(["batch", "changed_at", "created", "updated"])
        .where("job_id", "=", jobId)
        .where("account_id", "=", accountId)
        .where("batch", ">", last.batch)
        .orderBy("batch")
        .limit(batchesPerPage)
        .execute();
      const newest = changes.at(-1);
      if (!newest) return;
      const ids = changes.flatMap(({ created, updated }) => [
        ...fromRanges(JSON.parse(created)),
        ...(JSON.parse(updated) as [id: number, unknown][]).map(([id]) => id),
      ]);
      const contacts: ExportedContact[] = await db
        .selectFrom("contacts")
        .select(exportedColumns)
        .where("account_id", "=", accountId)
        .where("email", ">", last.email)
        .where("email", ">=", prefix)
        .where("email", "<", prefix + highestCharacter)
        .where("id", "in", ids)
        // SQLite gives the highest id again once its contact was deleted.
        .where("created_at", "<=", newest.changed_at)
        .orderBy("email")
        .execute();
      last = { email: contacts.at(-1)?.email ?? last.email, batch: newest.batch };
      yield { contacts, position: last, read: ids.length };
    }
  }
}

/** @returns how many contacts have to be read; undefined if that is unknown */
export async function countContacts(
  { db, accountId }: JobContext,
  { job_id, prefix }: ContactFilter,
): Promise<number | undefined> {
  if (job_id) {
    const { count } = await db
      .selectFrom("contact_changes")
      .select(sql<number>`coalesce(sum(created_count + updated_count), 0)`.as("count"))
      .where("job_id", "=", job_id)
      .where("account_id", "=", accountId)
      .executeTakeFirstOrThrow();
    return Number(count);
  }
  if (prefix) return undefined;
  const account = await db
    .selectFrom("accounts")
    .select("contact_count")
    .where("id", "=", accountId)
    .executeTakeFirst();
  return account?.contact_count ?? 0;
}

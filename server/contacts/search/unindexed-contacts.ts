/** Finds contacts that the search index does not have yet, so that a search misses none of them. */
import { sql } from "kysely";
import { changedIds } from "../../../jobs/lib/contacts/contact-changes.ts";
import { matchesSearch } from "../../../jobs/lib/contacts/match-contact.ts";
import type { Backend } from "../../backend/backend.ts";
import { findContactsById } from "../find-contacts-by-id.ts";

/** Contacts that a search reads one by one; a batch of a job has up to 5,000. */
const maxRead = 5_000;
const maxByPrefix = 200;

export interface UnindexedSearch {
  accountId: string;
  words: readonly string[];
  tag?: string | undefined;
  /** Only contacts that this job created or changed. */
  jobId?: string | undefined;
}

export interface UnindexedMatches {
  ids: number[];
  /** Contacts that are in neither the index nor `ids`, because there are too many to read. */
  unsearched: number;
}

/** Reads the contacts of the latest batches that are not indexed. */
export async function findUnindexed(
  { db }: Pick<Backend, "db">,
  search: UnindexedSearch,
): Promise<UnindexedMatches> {
  const { accountId, jobId } = search;
  let batches = db
    .selectFrom("contact_changes")
    .where("account_id", "=", accountId)
    .where("indexed_at", "is", null);
  if (jobId) batches = batches.where("job_id", "=", jobId);
  const count = sql<number>`created_count + updated_count`;
  const sizes = await batches
    .select(["job_id", "batch", count.as("count")])
    .orderBy("changed_at", "desc")
    .execute();
  const ids = new Set<number>();
  let read = 0;
  let unsearched = await countBackfill({ db }, accountId);
  for (const { job_id, batch, count } of sizes) {
    if (read + Number(count) > maxRead) {
      unsearched += Number(count);
      continue;
    }
    read += Number(count);
    const change = await db
      .selectFrom("contact_changes")
      .select(["created", "updated"])
      .where("job_id", "=", job_id)
      .where("batch", "=", batch)
      .executeTakeFirst();
    for (const id of change ? changedIds(change) : []) ids.add(id);
  }
  const matches = await matchingIds({ db }, search, [...ids]);
  if (unsearched > 0) matches.push(...(await findByPrefix({ db }, search)));
  return { ids: matches, unsearched };
}

/** Addresses that begin with the first word are found before they are indexed. */
async function findByPrefix(
  { db }: Pick<Backend, "db">,
  { accountId, words, tag, jobId }: UnindexedSearch,
): Promise<number[]> {
  const prefix = words[0];
  if (prefix === undefined || jobId !== undefined) return [];
  const contacts = await db
    .selectFrom("contacts")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("email", ">=", prefix)
    // U+10FFFF is the last character in UTF-8 order.
    .where("email", "<", `${prefix}\u{10FFFF}`)
    .orderBy("email")
    .limit(maxByPrefix)
    .execute();
  return contacts.filter((contact) => matchesSearch(contact, { words, tag })).map(({ id }) => id);
}

/** All contacts of an account whose older contacts are still to be indexed count as missing. */
async function countBackfill({ db }: Pick<Backend, "db">, accountId: string): Promise<number> {
  const account = await db
    .selectFrom("contact_search_backfill as backfill")
    .innerJoin("accounts", "accounts.id", "backfill.account_id")
    .select("contact_count")
    .where("backfill.account_id", "=", accountId)
    .executeTakeFirst();
  return account?.contact_count ?? 0;
}

async function matchingIds(
  { db }: Pick<Backend, "db">,
  search: UnindexedSearch,
  ids: readonly number[],
): Promise<number[]> {
  const matching: number[] = [];
  const pageSize = 1_000;
  for (let from = 0; from < ids.length; from += pageSize) {
    const some = ids.slice(from, from + pageSize);
    const contacts = await findContactsById({ db }, search.accountId, some);
    for (const contact of contacts) if (matchesSearch(contact, search)) matching.push(contact.id);
  }
  return matching;
}

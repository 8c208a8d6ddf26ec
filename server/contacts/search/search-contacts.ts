/**
 * Searches the contacts of an account by words, a tag and a job. The work is bounded: up to 1,000
 * contacts are read, checked and sorted; of more, the newest are read until a page is full.
 */

import { matchesSearch } from "../../../jobs/lib/contacts/match-contact.ts";
import type { Backend } from "../../backend/backend.ts";
import type { ContactRow } from "../../backend/schema.ts";
import { type ContactSort, compareContacts } from "../contact-sort.ts";
import { findContactsById } from "../find-contacts-by-id.ts";
import { addToSet, countIds, type IdSet, idsAscending, idsDescending } from "./id-block.ts";
import { findByTerms } from "./postings.ts";
import { anyContact, jobTerm, tagTerm, termsOfWords } from "./search-terms.ts";
import { findUnindexed } from "./unindexed-contacts.ts";

/** More contacts are not sorted. */
export const maxSorted = 1_000;
/** Contacts that a page of the newest matches may read and not show. */
const maxChecked = 5_000;
/** Contacts per query. */
const pageSize = 200;
const sortedPageSize = 500;

export interface Search {
  accountId: string;
  /** Folded, see `searchWords`. */
  words: readonly string[];
  /** In any case. */
  tag?: string | undefined;
  /** Only contacts that this job created or changed. */
  job?: { id: string; finishedAt: number | null } | undefined;
}

/** The contacts that the index names. Some may not match, which only their rows show. */
export interface Candidates {
  ids: IdSet;
  count: number;
  /** Contacts that are not searched, because they are not indexed yet. */
  unsearched: number;
}

export async function findCandidates(
  backend: Pick<Backend, "db" | "relation">,
  { accountId, words, tag, job }: Search,
): Promise<Candidates> {
  const terms = termsOfWords(words);
  if (tag !== undefined) terms.push(tagTerm(tag));
  const exact = job ? [jobTerm(job.id)] : [];
  if (terms.length + exact.length === 0) terms.push(anyContact);
  const ids = await findByTerms(backend, accountId, { terms, exact });
  const unindexed = await findUnindexed(backend, { accountId, words, tag, jobId: job?.id });
  addToSet(ids, unindexed.ids);
  return { ids, count: countIds(ids), unsearched: unindexed.unsearched };
}

/** @returns all matches, sorted; call it for up to `maxSorted` candidates */
export async function sortMatches(
  backend: Pick<Backend, "db">,
  search: Search,
  { ids }: Candidates,
  sort: ContactSort,
): Promise<ContactRow[]> {
  const matches: ContactRow[] = [];
  const all = [...idsDescending(ids)];
  for (let from = 0; from < all.length; from += sortedPageSize)
    matches.push(...(await readMatches(backend, search, all.slice(from, from + sortedPageSize))));
  return matches.sort(compareContacts(sort));
}

/**
 * Reads a page of the matches, the newest first.
 * @param page.below only contacts with a lower id; `above`: the page before this id
 * @returns the page, and where the next one begins if there is more to check
 */
export async function newestMatches(
  backend: Pick<Backend, "db">,
  search: Search,
  { ids }: Candidates,
  page: { limit: number; below?: number | undefined; above?: number | undefined },
): Promise<{ contacts: ContactRow[]; isEnd: boolean; last: number | undefined }> {
  const { limit, below, above } = page;
  const order = above === undefined ? idsDescending(ids, below) : idsAscending(ids, above);
  const contacts: ContactRow[] = [];
  let last: number | undefined;
  for (let checked = 0; contacts.length < limit && checked < maxChecked; ) {
    const some = takeFrom(order, pageSize);
    if (some.length === 0) return { contacts, isEnd: true, last };
    checked += some.length;
    const found = new Map(
      (await readMatches(backend, search, some)).map((contact) => [contact.id, contact]),
    );
    for (const id of some) {
      if (contacts.length === limit) break;
      last = id;
      const contact = found.get(id);
      if (contact) contacts.push(contact);
    }
  }
  return { contacts, isEnd: false, last };
}

async function readMatches(
  { db }: Pick<Backend, "db">,
  { accountId, words, tag, job }: Search,
  ids: readonly number[],
): Promise<ContactRow[]> {
  const contacts = await findContactsById({ db }, accountId, ids);
  // SQLite gives the highest id again once its contact was deleted.
  const latest = job?.finishedAt ?? Number.POSITIVE_INFINITY;
  return contacts.filter(
    (contact) => contact.created_at <= latest && matchesSearch(contact, { words, tag }),
  );
}

function takeFrom(ids: Iterator<number>, count: number): number[] {
  const some: number[] = [];
  while (some.length < count) {
    const next = ids.next();
    if (next.done) break;
    some.push(next.value);
  }
  return some;
}

/** Lists contacts: all, by words, by tag or by the job that changed them, in pages of bounded work. */

import { countChanges } from "../../jobs/lib/contacts/contact-changes.ts";
import { searchWords } from "../../jobs/lib/contacts/match-contact.ts";
import type { Backend } from "../backend/backend.ts";
import type { ContactRow } from "../backend/schema.ts";
import { listChangedContacts } from "./changed-contacts.ts";
import { type ContactEvent, listContactHistory } from "./contact-history.ts";
import type { ContactSort } from "./contact-sort.ts";
import { findContactsById } from "./find-contacts-by-id.ts";
import {
  findCandidates,
  maxSorted,
  newestMatches,
  type Search,
  sortMatches,
} from "./search/search-contacts.ts";

export interface ContactFilter {
  accountId: string;
  /** Words, which must all match. */
  q: string;
  tag?: string | undefined;
  /** Only contacts that this job created or changed. */
  job?: { id: string; finishedAt: number | null } | undefined;
  sort: ContactSort;
}

/** `after` and `before` are cursors that an earlier page returned. */
export interface ContactPage {
  limit: number;
  after?: string | undefined;
  before?: string | undefined;
}

export interface ContactList {
  contacts: ContactRow[];
  next: string | undefined;
  previous: string | undefined;
  /** For a frequent word it is a little too high, because contacts are checked page by page. */
  total: { count: number; isEstimate: boolean };
  /** Another than the wanted one if there are too many contacts to sort. */
  sort: ContactSort;
  /** Contacts that a search does not find yet, because they are not indexed. */
  unsearched: number;
}

export interface ContactReader {
  /** @returns undefined if the account has no such contact */
  find(accountId: string, id: number): Promise<ContactRow | undefined>;
  /** @returns who changed the contact and how, latest first */
  history(contact: ContactRow): Promise<ContactEvent[]>;
  list(filter: ContactFilter, page: ContactPage): Promise<ContactList>;
  /** Reads the stored count of an account, which every import updates. */
  count(accountId: string): Promise<number>;
  /** @returns the tags that contacts of the account have or had, in alphabetical order */
  tags(accountId: string): Promise<string[]>;
  /** The same for the names of custom fields. */
  fields(accountId: string): Promise<string[]>;
}

/** Of more tags or fields, pages offer the first. */
const maxNames = 200;

export function createContactReader(backend: Pick<Backend, "db" | "relation">): ContactReader {
  const { db } = backend;

  async function count(accountId: string): Promise<number> {
    const account = await db
      .selectFrom("accounts")
      .select("contact_count")
      .where("id", "=", accountId)
      .executeTakeFirst();
    return account?.contact_count ?? 0;
  }

  async function list(filter: ContactFilter, page: ContactPage): Promise<ContactList> {
    const { accountId, tag, job } = filter;
    const search: Search = { accountId, words: searchWords(filter.q), tag, job };
    const isSearch = search.words.length > 0 || tag !== undefined;
    const all = isSearch ? undefined : await countAll(accountId, job?.id);
    const canSort = all === undefined || all <= maxSorted || filter.sort === "newest";
    const sort = canSort ? filter.sort : "email";
    if (all !== undefined && sort === "email")
      return listByEmail(backend, { accountId, jobId: job?.id }, page, all);
    const found = await findCandidates(backend, search);
    const { unsearched } = found;
    if (found.count <= maxSorted) {
      const matches = await sortMatches(backend, search, found, sort);
      return { ...sliceMatches(matches, page), sort, unsearched };
    }
    const newest = await listNewest(page, (range) => newestMatches(backend, search, found, range));
    const total = { count: all ?? found.count, isEstimate: isSearch };
    return { ...newest, total, sort: "newest", unsearched };
  }

  async function countAll(accountId: string, jobId: string | undefined): Promise<number> {
    if (!jobId) return count(accountId);
    const { created, updated } = await countChanges({ db, accountId }, jobId);
    return created + updated;
  }

  return {
    list,
    count,
    find: async (accountId, id) => (await findContactsById(backend, accountId, [id]))[0],
    history: (contact) => listContactHistory(backend, contact),
    tags: (accountId) => listNames(backend, "contact_tags", accountId),
    fields: (accountId) => listNames(backend, "contact_fields", accountId),
  };
}

async function listNames(
  { db }: Pick<Backend, "db">,
  table: "contact_tags" | "contact_fields",
  accountId: string,
): Promise<string[]> {
  const rows = await db
    .selectFrom(table)
    .select("name")
    .where("account_id", "=", accountId)
    .orderBy("name")
    .limit(maxNames)
    .execute();
  return rows.map(({ name }) => name);
}

/** The cursors are addresses. */
async function listByEmail(
  { db }: Pick<Backend, "db">,
  { accountId, jobId }: { accountId: string; jobId: string | undefined },
  { limit, after, before }: ContactPage,
  count: number,
): Promise<ContactList> {
  const range = { after, before, limit: limit + 1 };
  const found = jobId
    ? await listChangedContacts({ db }, { accountId, jobId }, range)
    : await listContacts({ db }, accountId, range);
  const contacts = found.slice(0, limit);
  if (before !== undefined) contacts.reverse();
  const isFirst = before === undefined ? after === undefined : found.length <= limit;
  const isLast = before === undefined && found.length <= limit;
  return {
    contacts,
    previous: isFirst ? undefined : contacts[0]?.email,
    next: isLast ? undefined : contacts.at(-1)?.email,
    total: { count, isEstimate: false },
    sort: "email",
    unsearched: 0,
  };
}

function listContacts(
  { db }: Pick<Backend, "db">,
  accountId: string,
  { limit, after, before }: ContactPage,
): Promise<ContactRow[]> {
  let query = db.selectFrom("contacts").selectAll().where("account_id", "=", accountId);
  if (after !== undefined) query = query.where("email", ">", after);
  if (before !== undefined) query = query.where("email", "<", before);
  return query
    .orderBy("email", before === undefined ? "asc" : "desc")
    .limit(limit)
    .execute();
}

/** The cursors are places in the list. */
function sliceMatches(matches: ContactRow[], { limit, after, before }: ContactPage) {
  const place = Number(after ?? before ?? 0) || 0;
  const wanted = before === undefined ? place : place - limit;
  const from = Math.min(Math.max(0, wanted), matches.length);
  const end = from + limit;
  return {
    contacts: matches.slice(from, end),
    previous: from > 0 ? String(from) : undefined,
    next: end < matches.length ? String(end) : undefined,
    total: { count: matches.length, isEstimate: false },
  };
}

/** See `newestMatches`. */
type NewestRange = { limit: number; below?: number | undefined; above?: number | undefined };

/** The cursors are ids. */
async function listNewest(
  { limit, after, before }: ContactPage,
  find: (range: NewestRange) => ReturnType<typeof newestMatches>,
): Promise<Pick<ContactList, "contacts" | "previous" | "next">> {
  const above = before === undefined ? undefined : Number(before) || undefined;
  const below = after === undefined ? undefined : Number(after) || undefined;
  const found = await find({ limit: limit + 1, above, below });
  const contacts = found.contacts.slice(0, limit);
  const isFull = found.contacts.length > limit;
  // An unfinished page continues behind the last contact that was checked.
  const last = isFull ? contacts.at(-1)!.id : found.last;
  const more = isFull || !found.isEnd ? idText(last) : undefined;
  if (above === undefined)
    return { contacts, previous: idText(below && (contacts[0]?.id ?? below)), next: more };
  contacts.reverse();
  return { contacts, previous: more, next: idText(contacts.at(-1)?.id ?? above) };
}

function idText(id: number | undefined): string | undefined {
  return id === undefined ? undefined : String(id);
}

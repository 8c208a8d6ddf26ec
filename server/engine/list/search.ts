/**
 * What a person typed into the search: words that begin the title of a kind, or a word that jobs
 * were started with, or the id of a job. However many jobs there are, a search looks at so many of
 * each word, the latest first, and says when there were more.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { searchTerms } from "../start/search-terms.ts";

/** Jobs that are looked at for a word. */
export const maxMatchesPerWord = 1_000;
/** More are not typed, but pasted. */
const maxWords = 6;
/** A shorter beginning of an id is that of all jobs of an hour and more. */
const idPrefix = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/;

export interface SearchMatches {
  /** The kinds whose titles hold all that was typed: all of their jobs match. */
  kinds: readonly string[];
  /** Ids of other jobs that match, each once, at most some thousands; null where there are none. */
  ids: RawBuilder<{ id: string }> | null;
  /** Conditions on `jobs` that these must meet besides. */
  conditions: RawBuilder<unknown>;
  /** True where more jobs than were looked at have what was typed. */
  truncated: boolean;
}

interface Owner {
  accountId: string;
  userId?: string | undefined;
}

/** @param text as typed, not empty */
export async function searchJobs(
  db: Kysely<Schema>,
  catalog: Catalog,
  who: Owner,
  text: string,
): Promise<SearchMatches> {
  const typed = text.trim().toLowerCase();
  if (idPrefix.test(typed)) return matchId(typed);
  const words = searchTerms(typed).slice(0, maxWords);
  const nothing: SearchMatches = { kinds: [], ids: null, conditions: sql`1 = 1`, truncated: false };
  if (words.length === 0) return nothing;
  const titles = words.map((word) => kindsByTitle(catalog, word));
  const counts = await countMatches(db, who, words);
  // A word of no title has to be among a job's own; of such words the rarest leads to the fewest.
  const own = words.map((_, n) => n).filter((n) => titles[n]!.length === 0);
  const [rarest] = own.toSorted((a, b) => counts[a]! - counts[b]!);
  const leading = (rarest === undefined ? words.map((_, n) => n) : [rarest]).filter(
    (n) => counts[n]! > 0,
  );
  const parts = leading.map(
    (n) => sql`select id from (${jobsWithTerm(who, words[n]!, maxMatchesPerWord)}) as part`,
  );
  const conditions = words.flatMap((word, n) => (n === rarest ? [] : hasTerm(word, titles[n]!)));
  return {
    kinds: titles.reduce((all, some) => all.filter((kind) => some.includes(kind))),
    ids:
      parts.length > 0
        ? sql`select distinct id from (${sql.join(parts, sql` union all `)}) as found`
        : null,
    conditions: conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`1 = 1`,
    truncated: leading.some((n) => counts[n]! > maxMatchesPerWord),
  };
}

function matchId(typed: string): SearchMatches {
  // Ids of the same moment, of everybody's jobs: which of them one may see is asked besides.
  const ids = sql<{ id: string }>`select id from jobs
    where id >= ${typed} and id < ${`${typed}g`} order by id desc limit ${maxMatchesPerWord}`;
  return { kinds: [], ids, conditions: sql`1 = 1`, truncated: false };
}

function kindsByTitle(catalog: Catalog, word: string): string[] {
  return [...catalog]
    .filter(([, kind]) => searchTerms(kind.title).some((each) => each.startsWith(word)))
    .map(([name]) => name);
}

/** @returns for each word how many entries begin with it, one more than are looked at for many */
async function countMatches(db: Kysely<Schema>, who: Owner, words: readonly string[]) {
  const counts = words.map(
    (word, n) =>
      sql`(select count(*) from (${jobsWithTerm(who, word, maxMatchesPerWord + 1)}) as part) as ${sql.ref(`n${n}`)}`,
  );
  const { rows } = await sql<Record<string, unknown>>`select ${sql.join(counts)}`.execute(db);
  return words.map((_, n) => Number(rows[0]![`n${n}`]));
}

/** The exact word comes before longer ones, and the latest job of each first. */
function jobsWithTerm({ accountId, userId }: Owner, word: string, most: number) {
  const owner = userId === undefined ? sql`account_id = ${accountId}` : sql`user_id = ${userId}`;
  return sql<{ id: string }>`select job_id as id from job_search_terms
    where ${owner} and ${startsWith(word)} order by term, job_id desc limit ${most}`;
}

/** Asked of each row by itself: there are few of them, and very many words. */
function hasTerm(word: string, kinds: readonly string[]): RawBuilder<unknown> {
  const own = sql`(select 1 from job_search_terms where job_id = jobs.id and ${startsWith(word)} limit 1) = 1`;
  return kinds.length > 0 ? sql`(${own} or kind in (${sql.join(kinds)}))` : own;
}

function startsWith(word: string): RawBuilder<unknown> {
  return sql`term >= ${word} and term < ${word + last}`;
}

/** Behind all that words are made of, in the order of bytes. */
const last = "\u{10FFFF}";

/**
 * Finds jobs by the words that a person typed: each has to begin a word in the title of the kind or a
 * search term of the job. A text that looks like an id finds jobs by the beginning of their id. A
 * search reads a limited number of the latest jobs for each word, however many there are.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { searchTerms } from "../start/search-terms.ts";

export const maxMatchesPerWord = 1_000;
/** Further words are ignored. */
const maxWords = 6;
/** A shorter prefix matches the ids of all jobs of an hour or more. */
const idPrefix = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/;

export interface SearchMatches {
  /** Kinds whose title contains all words: all of their jobs match. */
  kinds: readonly string[];
  /** A query for the ids of other candidates, each once, some thousands at most; null: none. */
  ids: RawBuilder<{ id: string }> | null;
  /** Conditions on `jobs` that the candidates must meet. */
  conditions: RawBuilder<unknown>;
  /** Whether there were more candidates than the limit. */
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
  owner: Owner,
  text: string,
): Promise<SearchMatches> {
  const typed = text.trim().toLowerCase();
  if (idPrefix.test(typed)) return matchId(typed);
  const words = searchTerms(typed).slice(0, maxWords);
  const nothing: SearchMatches = { kinds: [], ids: null, conditions: sql`1 = 1`, truncated: false };
  if (words.length === 0) return nothing;
  const titles = words.map((word) => kindsByTitle(catalog, word));
  const counts = await countMatches(db, owner, words);
  // A word that is in no title must be a term of the job. The rarest of these gives the candidates.
  const notInTitles = words.map((_, n) => n).filter((n) => titles[n]!.length === 0);
  const [rarest] = notInTitles.toSorted((a, b) => counts[a]! - counts[b]!);
  const leading = (rarest === undefined ? words.map((_, n) => n) : [rarest]).filter(
    (n) => counts[n]! > 0,
  );
  const parts = leading.map(
    (n) => sql`select id from (${jobsWithTerm(owner, words[n]!, maxMatchesPerWord)}) as part`,
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
  // Includes jobs of other accounts; the list filters them by their owner.
  const ids = sql<{ id: string }>`select id from jobs
    where id >= ${typed} and id < ${`${typed}g`} order by id desc limit ${maxMatchesPerWord}`;
  return { kinds: [], ids, conditions: sql`1 = 1`, truncated: false };
}

function kindsByTitle(catalog: Catalog, word: string): string[] {
  return [...catalog]
    .filter(([, kind]) => searchTerms(kind.title).some((each) => each.startsWith(word)))
    .map(([name]) => name);
}

/** @returns for each word the number of terms that begin with it, `maxMatchesPerWord + 1` at most */
async function countMatches(db: Kysely<Schema>, owner: Owner, words: readonly string[]) {
  const counts = words.map(
    (word, n) =>
      sql`(select count(*) from (${jobsWithTerm(owner, word, maxMatchesPerWord + 1)}) as part) as ${sql.ref(`n${n}`)}`,
  );
  const { rows } = await sql<Record<string, unknown>>`select ${sql.join(counts)}`.execute(db);
  return words.map((_, n) => Number(rows[0]![`n${n}`]));
}

/** Reads exact matches before longer terms, and the latest job of each term first. */
function jobsWithTerm({ accountId, userId }: Owner, word: string, limit: number) {
  const isOwned = userId === undefined ? sql`account_id = ${accountId}` : sql`user_id = ${userId}`;
  return sql<{ id: string }>`select job_id as id from job_search_terms
    where ${isOwned} and ${startsWith(word)} order by term, job_id desc limit ${limit}`;
}

/** A scalar subquery makes the database check each candidate instead of reading all terms. */
function hasTerm(word: string, kinds: readonly string[]): RawBuilder<unknown> {
  const isTerm = sql`(select 1 from job_search_terms where job_id = jobs.id and ${startsWith(word)} limit 1) = 1`;
  return kinds.length > 0 ? sql`(${isTerm} or kind in (${sql.join(kinds)}))` : isTerm;
}

function startsWith(word: string): RawBuilder<unknown> {
  return sql`term >= ${word} and term < ${word + lastCharacter}`;
}

/** Sorts after all characters of terms, in the order of bytes. */
const lastCharacter = "\u{10FFFF}";

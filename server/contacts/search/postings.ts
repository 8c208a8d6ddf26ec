/** Reads and writes the postings of the search index: which contacts of an account have a term. */
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../../backend/backend.ts";
import {
  addToEncoded,
  blockOf,
  countIds,
  decodeBlock,
  type IdSet,
  intersectBlock,
} from "./id-block.ts";

type Database = Pick<Backend, "db" | "relation">;

/** Ids of one block that get a term. */
export interface Addition {
  term: string;
  block: number;
  ids: number[];
}

/** Groups the ids of each term by their block, in the order of the table. */
export function additionsOf(idsByTerm: ReadonlyMap<string, readonly number[]>): Addition[] {
  const additions: Addition[] = [];
  for (const [term, ids] of idsByTerm) {
    const blocks = new Map<number, Addition>();
    for (const id of ids) {
      const block = blockOf(id);
      const addition = blocks.get(block);
      if (addition) addition.ids.push(id);
      else blocks.set(block, { term, block, ids: [id] });
    }
    additions.push(...blocks.values());
  }
  return additions.sort((a, b) => (a.term < b.term ? -1 : a.term > b.term ? 1 : a.block - b.block));
}

/** Adds ids to postings, each posting at most once. */
export async function addPostings(
  tx: WriteTransaction,
  { relation }: Pick<Backend, "relation">,
  accountId: string,
  additions: readonly Addition[],
): Promise<void> {
  if (additions.length === 0) return;
  // Two writers that read the same posting would each lose the ids of the other.
  await tx.lock(`contact-search:${accountId}`);
  const wanted = relation(
    additions.map(({ term, block }) => ({ term, block })),
    { term: "text", block: "integer" },
  );
  const { rows } = await sql<{ term: string; block: number; ids: Uint8Array }>`
    select posting.term, posting.block, posting.ids from ${wanted} as wanted
    cross join contact_postings as posting
    where posting.account_id = ${accountId} and posting.term = wanted.term
      and posting.block = wanted.block`.execute(tx.db);
  const stored = new Map(rows.map(({ term, block, ids }) => [`${block} ${term}`, ids]));
  const postings = additions.map(({ term, block, ids }) => {
    const encoded = addToEncoded(stored.get(`${block} ${term}`), ids);
    return [accountId, term, block, encoded.count, encoded.ids];
  });
  await tx.upsert("contact_postings", postings, {
    columns: ["account_id", "term", "block", "count", "ids"],
    key: ["account_id", "term", "block"],
    update: ["count", "ids"],
  });
}

/** Postings to read first: they are the rarest, so the others seldom exclude another contact. */
const firstTerms = 4;
/** A set of so few contacts is cheaper to check than to narrow. */
const fewIds = 500;

/**
 * @param terms at least one
 * @param exact terms that only the index can check
 * @returns the contacts that have all terms, and perhaps some that don't have all of them
 */
export async function findByTerms(
  database: Database,
  accountId: string,
  { terms, exact = [] }: { terms: readonly string[]; exact?: readonly string[] },
): Promise<IdSet> {
  const all = [...exact, ...terms];
  const counts = await countByTerm(database, accountId, all);
  if (counts.size < all.length) return new Map();
  const rarest = [...terms].sort((a, b) => counts.get(a)! - counts.get(b)!);
  const set: IdSet = new Map();
  const first = [...exact, ...rarest.slice(0, firstTerms)];
  await intersect(database, accountId, set, first);
  const others = rarest.slice(firstTerms);
  if (others.length > 0 && countIds(set) > fewIds)
    await intersect(database, accountId, set, others, [...set.keys()]);
  return set;
}

async function countByTerm({ db }: Pick<Backend, "db">, accountId: string, terms: string[]) {
  const rows = await db
    .selectFrom("contact_postings")
    .select(["term", sql<number>`sum(count)`.as("count")])
    .where("account_id", "=", accountId)
    .where("term", "in", terms)
    .groupBy("term")
    .execute();
  return new Map(rows.map(({ term, count }) => [term, Number(count)]));
}

/** @param blocks the set so far; without them it begins with the postings of the first term */
async function intersect(
  { db }: Pick<Backend, "db">,
  accountId: string,
  set: IdSet,
  terms: readonly string[],
  blocks?: readonly number[],
): Promise<void> {
  let query = db
    .selectFrom("contact_postings")
    .select(["block", "ids"])
    .where("account_id", "=", accountId)
    .where("term", "in", terms);
  if (blocks) query = query.where("block", "in", blocks);
  const found = new Map<number, number>();
  for (const { block, ids } of await query.execute()) {
    const bits = decodeBlock(ids);
    const before = set.get(block);
    if (before) intersectBlock(before, bits);
    else set.set(block, bits);
    found.set(block, (found.get(block) ?? 0) + 1);
  }
  for (const block of [...set.keys()]) if (found.get(block) !== terms.length) set.delete(block);
}

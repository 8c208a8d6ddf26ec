/**
 * Fills the search index behind the jobs that write contacts. Their record of changes says which
 * contacts are still to be indexed, so they write no index themselves.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { changedIds } from "../../../jobs/lib/contacts/contact-changes.ts";
import type { Backend } from "../../backend/backend.ts";
import type { ContactRow } from "../../backend/schema.ts";
import { runInBatches } from "../../maintenance/run-in-batches.ts";
import { findContactsById } from "../find-contacts-by-id.ts";
import { additionsOf, addPostings } from "./postings.ts";
import { jobTerm, termsOfContact } from "./search-terms.ts";

/** Contacts whose terms are gathered before they are written: about 40 MB, in few postings. */
const maxGathered = 40_000;
/** Contacts per query, between which other work of the process has its turn. */
const pageSize = 250;
/** Batches per query. */
const changesPage = 5;
/** A job that still writes is left alone for this long, so that it does not wait for the index. */
const activeJobMs = 60_000;

/**
 * Indexes all contacts that are not in the index yet. May be repeated and run twice at once: adding a
 * contact again changes nothing.
 */
export async function indexContacts(backend: Backend, signal: AbortSignal): Promise<void> {
  for (const accountId of await listBackfills(backend)) {
    while (!signal.aborted && (await indexOlderContacts(backend, accountId, signal)));
  }
  for (const accountId of await listAccountsWithChanges(backend)) {
    while (!signal.aborted && (await indexChanges(backend, accountId, signal)));
  }
}

async function listBackfills({ db }: Backend): Promise<string[]> {
  const rows = await db.selectFrom("contact_search_backfill").select("account_id").execute();
  return rows.map(({ account_id }) => account_id);
}

async function listAccountsWithChanges({ db }: Backend): Promise<string[]> {
  const rows = await db
    .selectFrom("contact_changes")
    .select("account_id")
    .distinct()
    .where("indexed_at", "is", null)
    .execute();
  return rows.map(({ account_id }) => account_id);
}

/** @returns false if all older contacts of the account are indexed */
async function indexOlderContacts(
  backend: Backend,
  accountId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { db } = backend;
  const backfill = await db
    .selectFrom("contact_search_backfill")
    .select("last_email")
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  if (!backfill) return false;
  const gathered = new Map<string, number[]>();
  let last = backfill.last_email;
  let isEnd = false;
  for (let count = 0; count < maxGathered && !isEnd && !signal.aborted; count += pageSize) {
    const contacts = await db
      .selectFrom("contacts")
      .selectAll()
      .where("account_id", "=", accountId)
      .where("email", ">", last)
      .orderBy("email")
      .limit(pageSize)
      .execute();
    for (const contact of contacts) gather(gathered, contact, []);
    last = contacts.at(-1)?.email ?? last;
    isEnd = contacts.length < pageSize;
    await nextTurn();
  }
  if (!(await writeGathered(backend, accountId, gathered, signal))) return false;
  if (isEnd) {
    await db.deleteFrom("contact_search_backfill").where("account_id", "=", accountId).execute();
    return false;
  }
  await db
    .updateTable("contact_search_backfill")
    .set({ last_email: last })
    .where("account_id", "=", accountId)
    .execute();
  return true;
}

/** @returns false if nothing was left to index */
async function indexChanges(
  backend: Backend,
  accountId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const gathered = new Map<string, number[]>();
  const indexed: { job_id: string; batch: number }[] = [];
  let count = 0;
  let isEnd = false;
  while (count < maxGathered && !isEnd && !signal.aborted) {
    const changes = await listUnindexed(backend, accountId, indexed.length);
    for (const change of changes) {
      const ids = changedIds(change);
      for (let from = 0; from < ids.length; from += pageSize) {
        const contacts = await findContactsById(
          backend,
          accountId,
          ids.slice(from, from + pageSize),
        );
        for (const contact of contacts) gather(gathered, contact, [jobTerm(change.job_id)]);
        await nextTurn();
      }
      count += ids.length;
      indexed.push({ job_id: change.job_id, batch: change.batch });
    }
    isEnd = changes.length < changesPage;
  }
  if (!(await writeGathered(backend, accountId, gathered, signal))) return false;
  const at = backend.now();
  const remaining = [...indexed];
  await runInBatches(backend, signal, async (tx, max) => {
    const some = remaining.splice(0, max);
    const keys = backend.relation(some, { job_id: "text", batch: "integer" });
    if (some.length > 0)
      await sql`update contact_changes set indexed_at = ${at}
        where (job_id, batch) in (select job_id, batch from ${keys} as indexed)`.execute(tx.db);
    return some.length;
  });
  return !isEnd;
}

/** In order of their time, without the batches of a job that is writing. */
function listUnindexed({ db, now }: Backend, accountId: string, offset: number) {
  return db
    .selectFrom("contact_changes as change")
    .innerJoin("jobs", "jobs.id", "change.job_id")
    .select(["change.job_id", "change.batch", "change.created", "change.updated"])
    .where("change.account_id", "=", accountId)
    .where("change.indexed_at", "is", null)
    .where(({ eb, or }) =>
      or([eb("jobs.status", "<>", "running"), eb("change.changed_at", "<", now() - activeJobMs)]),
    )
    .orderBy("change.changed_at")
    .orderBy("change.job_id")
    .orderBy("change.batch")
    .offset(offset)
    .limit(changesPage)
    .execute();
}

function gather(
  gathered: Map<string, number[]>,
  contact: ContactRow,
  others: readonly string[],
): void {
  const { id } = contact;
  const terms = termsOfContact(contact);
  for (const term of others) terms.add(term);
  for (const term of terms) {
    const ids = gathered.get(term);
    if (ids) ids.push(id);
    else gathered.set(term, [id]);
  }
}

/**
 * Writes in transactions as short as those of an import, with a pause as long after each, in which
 * others write.
 * @returns false if it was aborted before the end
 */
async function writeGathered(
  backend: Backend,
  accountId: string,
  gathered: ReadonlyMap<string, readonly number[]>,
  signal: AbortSignal,
): Promise<boolean> {
  const additions = additionsOf(gathered);
  // A posting is read and written.
  const size = Math.ceil(backend.maxBatchRows / 2);
  for (let from = 0; from < additions.length && !signal.aborted; from += size) {
    const startedAt = performance.now();
    const some = additions.slice(from, from + size);
    await backend.write((tx) => addPostings(tx, backend, accountId, some), { durable: false });
    await sleep(performance.now() - startedAt);
  }
  return !signal.aborted;
}

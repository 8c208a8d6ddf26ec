/** Deletes jobs after their retention. A record of each job's outcome stays for another year. */
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import { minJobIdAt } from "../engine/job-id.ts";
import type { Storage } from "../storage/storage.ts";
import { runInBatches } from "./run-in-batches.ts";

/** Jobs per query. */
const pageSize = 200;
/** Storage folders deleted concurrently: each deletion may be a request to a bucket. */
const concurrentDeletes = 10;
const day = 86_400_000;
/** For this long, a link to a deleted job still shows the job's outcome. */
const expiredRecordRetentionMs = 365 * day;

/**
 * Deletes files before the rows that name them, and log lines and events before their job, so that an
 * interrupted run can be continued by the next one.
 * @param retentionMs time since the end of a job
 */
export async function deleteExpiredJobs(
  { backend, storage }: { backend: Backend; storage: Storage },
  retentionMs: number,
  signal: AbortSignal,
): Promise<void> {
  const before = backend.now() - retentionMs;
  let after = "";
  while (!signal.aborted) {
    const page = await findExpiredJobs(backend, before, after);
    const ids = page.flatMap(({ id, finished_at }) =>
      finished_at !== null && finished_at < before ? [id] : [],
    );
    if (ids.length > 0) await deleteJobs(backend, storage, ids, signal);
    if (page.length < pageSize) break;
    after = page.at(-1)!.id;
  }
  await runInBatches(backend, signal, (tx, max) =>
    deleteExpiredRecords(tx, minJobIdAt(before - expiredRecordRetentionMs), max),
  );
}

/** Searches by id: ids are in order of creation, and no job ended before it was created. */
function findExpiredJobs({ db }: Backend, before: number, after: string) {
  return db
    .selectFrom("jobs")
    .select(["id", "finished_at"])
    .where("id", ">", after)
    .where("id", "<", minJobIdAt(before))
    .orderBy("id")
    .limit(pageSize)
    .execute();
}

async function deleteJobs(backend: Backend, storage: Storage, ids: string[], signal: AbortSignal) {
  for (let from = 0; from < ids.length && !signal.aborted; from += concurrentDeletes) {
    const some = ids.slice(from, from + concurrentDeletes);
    await Promise.all(some.map((id) => storage.deleteAll(`jobs/${id}/`)));
  }
  for (const [table, number] of sequences) {
    await runInBatches(backend, signal, (tx, max) =>
      deleteSequence(tx, { table, number }, ids, max),
    );
  }
  const remaining = [...ids];
  await runInBatches(backend, signal, async (tx, max) => {
    const some = remaining.splice(0, max);
    if (some.length > 0) await recordAsExpired(tx, some);
    return some.length;
  });
}

/** Tables of which a job may have very many rows, with the column that numbers them. */
const sequences = [
  ["job_logs", "seq"],
  ["job_events", "seq"],
  ["job_output", "position"],
  ["contact_changes", "batch"],
] as const;

/** The order keeps Postgres from reading the whole table while it has no statistics of it. */
async function deleteSequence(
  { db }: WriteTransaction,
  { table, number }: { table: string; number: string },
  ids: string[],
  max: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where (job_id, ${sql.ref(number)}) in (
      select job_id, ${sql.ref(number)} from ${sql.table(table)}
      where job_id in (${sql.join(ids)}) order by job_id, ${sql.ref(number)} limit ${max})`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}

/** The record of an expired job: `server/presenters/expired-job.ts` makes a sentence of it. */
const recordedColumns = [
  "id",
  "account_id",
  "user_id",
  "kind",
  "status",
  "reason",
  "outcome",
  "error",
  "timeout_ms",
  "rescues",
  "finished_at",
] as const;

/** Foreign keys delete steps, rejections, files, search terms and uses of uploads with the job. */
async function recordAsExpired({ db }: WriteTransaction, ids: string[]): Promise<void> {
  // The list of a job's contacts, see `jobTerm`.
  await sql`delete from contact_postings where (account_id, term) in (
    select account_id, ' job:' || id from jobs where id in (${sql.join(ids)}))`.execute(db);
  await db
    .insertInto("expired_jobs")
    .columns([...recordedColumns])
    .expression((from) => from.selectFrom("jobs").select(recordedColumns).where("id", "in", ids))
    // Another worker may delete the same job at the same time.
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  await db.deleteFrom("jobs").where("id", "in", ids).execute();
}

async function deleteExpiredRecords(
  { db }: WriteTransaction,
  below: string,
  max: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("expired_jobs")
    .where("id", "in", (from) =>
      from.selectFrom("expired_jobs").select("id").where("id", "<", below).orderBy("id").limit(max),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

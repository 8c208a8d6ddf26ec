/** Jobs that ended long ago go, with all that they left; what they came to stays known for a while. */
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import { minJobIdAt } from "../engine/list/first-id.ts";
import type { Storage } from "../storage/storage.ts";
import { inSmallSteps } from "./small-steps.ts";

/** Read at a time. */
const pageSize = 200;
/** Folders of the storage that are removed side by side: each may be a request to a bucket. */
const sideBySide = 10;
const day = 86_400_000;
/** After a job itself is gone, a link to it is answered for this long with what it came to. */
const rememberedMs = 365 * day;

/**
 * Files go before the rows that name them, lines and events before their job: cut off anywhere, the
 * next time goes on with what is left.
 * @param keptMs from a job's end
 */
export async function removeOldJobs(
  { backend, storage }: { backend: Backend; storage: Storage },
  keptMs: number,
  signal: AbortSignal,
): Promise<void> {
  const before = backend.now() - keptMs;
  let after = "";
  while (!signal.aborted) {
    const page = await oldJobs(backend, before, after);
    const ids = page.flatMap(({ id, finished_at }) =>
      finished_at !== null && finished_at < before ? [id] : [],
    );
    if (ids.length > 0) await remove(backend, storage, ids, signal);
    if (page.length < pageSize) break;
    after = page.at(-1)!.id;
  }
  await inSmallSteps(backend, signal, (tx, most) =>
    forget(tx, minJobIdAt(before - rememberedMs), most),
  );
}

/** In the order of their ids, which is that of their starts: none ended before it was started. */
function oldJobs({ db }: Backend, before: number, after: string) {
  return db
    .selectFrom("jobs")
    .select(["id", "finished_at"])
    .where("id", ">", after)
    .where("id", "<", minJobIdAt(before))
    .orderBy("id")
    .limit(pageSize)
    .execute();
}

async function remove(backend: Backend, storage: Storage, ids: string[], signal: AbortSignal) {
  for (let from = 0; from < ids.length && !signal.aborted; from += sideBySide) {
    const some = ids.slice(from, from + sideBySide);
    await Promise.all(some.map((id) => storage.deleteAll(`jobs/${id}/`)));
  }
  // A job may have very many of these, so they do not go in the one statement that takes the job.
  for (const table of ["job_logs", "job_events"] as const) {
    await inSmallSteps(backend, signal, (tx, most) => removeNumbered(tx, table, ids, most));
  }
  const left = [...ids];
  await inSmallSteps(backend, signal, async (tx, most) => {
    const some = left.splice(0, most);
    if (some.length > 0) await removeRows(tx, some);
    return some.length;
  });
}

async function removeNumbered(
  { db }: WriteTransaction,
  table: "job_logs" | "job_events",
  ids: string[],
  most: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where (job_id, seq) in (
      select job_id, seq from ${sql.table(table)}
      where job_id in (${sql.join(ids)}) limit ${most})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Steps, errors, files, words and uses of uploads go with their job. */
async function removeRows({ db }: WriteTransaction, ids: string[]): Promise<void> {
  await db
    .insertInto("expired_jobs")
    .columns(["id", "account_id", "user_id", "kind", "status", "outcome", "finished_at"])
    .expression((from) =>
      from
        .selectFrom("jobs")
        .select(["id", "account_id", "user_id", "kind", "status"])
        .select(sql<string | null>`coalesce(outcome, error)`.as("outcome"))
        .select("finished_at")
        .where("id", "in", ids),
    )
    // Another worker may be at the same.
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  await db.deleteFrom("jobs").where("id", "in", ids).execute();
}

async function forget({ db }: WriteTransaction, below: string, most: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("expired_jobs")
    .where("id", "in", (from) =>
      from
        .selectFrom("expired_jobs")
        .select("id")
        .where("id", "<", below)
        .orderBy("id")
        .limit(most),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

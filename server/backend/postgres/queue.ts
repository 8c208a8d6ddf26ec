/** graphile-worker wakes up the workers; the `jobs` rows alone decide which jobs run. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { Queue, QueueEntry, ReservedSlot } from "../backend.ts";
import {
  claimEvent,
  eventSeqAfterClaim,
  fitsSlot,
  hasCapacity,
  isListed,
  writesClaimEvent,
} from "../claim-sql.ts";
import type { JobRow, Schema } from "../schema.ts";
import { UnlistedWorker } from "../unlisted-worker.ts";
import { prepareMark } from "./preparing-client.ts";
import { type ListenOptions, listen } from "./queue-listener.ts";

/** All attempts take half a second. After that, the sweep enqueues jobs that still wait. */
const maxClaimAttempts = 50;
const maxClaimPauseMs = 20;

type Server = Omit<ListenOptions, "concurrency" | "runNext" | "maintenanceTasks">;

export function createQueue(
  options: Server & {
    db: Kysely<Schema>;
    now: () => number;
    /** Called after the commit of each claim. */
    onClaim: (row: JobRow) => void;
  },
): Queue {
  const { db, now, onClaim, ...server } = options;
  const { pool } = server;

  async function claim(workerId: string, reserved?: ReservedSlot): Promise<JobRow | undefined> {
    for (let attempt = 0; attempt < maxClaimAttempts; attempt++) {
      const row = await db.transaction().execute(async (tx) => {
        const account = (await lockStatement(reserved).execute(tx)).rows[0];
        if (!account) return undefined;
        return (await claimStatement(account.id, workerId, now(), reserved).execute(tx)).rows[0];
      });
      if (row) return row;
      const left = await readLeft(db, workerId, reserved);
      if (!left.isListed) throw new UnlistedWorker(workerId);
      if (!left.isAnyClaimable) return undefined;
      // Other workers are claiming in the accounts with capacity. Waiting for their row locks would
      // line up every worker that was woken up, so pause and try again.
      await sleep(Math.random() * maxClaimPauseMs);
    }
    return undefined;
  }

  return {
    async claim(workerId, reserved) {
      const row = await claim(workerId, reserved);
      if (row) onClaim(row);
      return row;
    },
    listen: (options) => listen({ ...server, ...options }),
    async releaseWorkers(queueWorkerIds) {
      if (queueWorkerIds.length === 0) return;
      const unlock = "select graphile_worker.force_unlock_workers($1::text[])";
      await pool.query(unlock, [queueWorkerIds]);
    },
    async repair() {
      await pool.query(unlockUnknownWorkers);
      // An entry that was enqueued again while a worker held it, and whose worker was then lost, is
      // never taken again.
      await pool.query(`delete from graphile_worker._private_jobs
        where locked_at is null and attempts >= max_attempts`);
    },
  };
}

/** A worker may be lost before it has written its `queue_worker_id`. */
const unlockUnknownWorkers = `
  select graphile_worker.force_unlock_workers(array_agg(distinct locked_by))
  from graphile_worker._private_jobs
  where locked_at < now() - interval '1 minute' and not exists (
    select 1 from workers where queue_worker_id = locked_by)`;

/** Each job has at most one entry: enqueueing it again moves the entry. */
export async function enqueue(tx: Transaction<Schema>, entry: QueueEntry): Promise<void> {
  await sql`select graphile_worker.add_job('run', json_build_object('id', ${entry.id}::text),
    job_key := ${`job:${entry.id}`}, run_at := to_timestamp(${entry.runAt}::float8 / 1000),
    priority := ${entry.priority})`.execute(tx);
}

/**
 * Queue entries become due by the server's clock. A worker that compared with its own clock, however
 * well set, might come too early, find nothing due, and leave the job without an entry.
 */
const serverNow = sql`(extract(epoch from statement_timestamp()) * 1000)::bigint`;

/** Accounts with queued jobs. Each step jumps to the next account in the index. */
const waiting = sql`waiting(id) as (
  (select account_id from jobs where status = 'queued' order by account_id limit 1)
  union all select (select account_id from jobs where status = 'queued'
    and account_id > waiting.id order by account_id limit 1)
  from waiting where waiting.id is not null)`;

/** The accounts with capacity, each with its first due job. */
function claimable(reserved: ReservedSlot | undefined): RawBuilder<unknown> {
  return sql`select accounts.id from waiting join accounts using (id) cross join lateral (
      select priority, kind from jobs
      where account_id = accounts.id and status = 'queued' and run_at <= ${serverNow}
      order by priority, run_at, id limit 1) head
    where ${hasCapacity("head.priority")} and ${fitsSlot("head", reserved)}`;
}

const prepared = sql.raw(prepareMark);

/** Finds out why a claim got no job: its worker was declared lost, or others lock the accounts. */
async function readLeft(
  db: Kysely<Schema>,
  workerId: string,
  reserved: ReservedSlot | undefined,
): Promise<{ isListed: boolean; isAnyClaimable: boolean }> {
  const { rows } = await sql<{ isListed: boolean; isAnyClaimable: boolean }>`
    ${prepared} with recursive ${waiting}
    select ${isListed(workerId)} as "isListed", exists (${claimable(reserved)}) as "isAnyClaimable"`.execute(
    db,
  );
  return rows[0]!;
}

/**
 * Locks the account to claim in. The claim is a second statement, because it must see what others
 * committed before the lock was taken.
 * `skip locked` lets workers pass each other. `no key` lets others insert jobs meanwhile, whose
 * foreign keys read the account's row.
 */
export function lockStatement(reserved?: ReservedSlot): RawBuilder<{ id: string }> {
  return sql`
    with recursive ${waiting} ${claimable(reserved)}
    order by head.priority, accounts.running_jobs, accounts.last_claimed_at
    limit 1 for no key update of accounts skip locked`;
}

/** Claims in a locked account, and writes the event of the claim. */
export function claimStatement(
  accountId: string,
  workerId: string,
  at: number,
  reserved?: ReservedSlot,
): RawBuilder<JobRow> {
  return sql<JobRow>`
    ${prepared} with next as (
      select jobs.id from jobs join accounts on accounts.id = jobs.account_id
      where account_id = ${accountId}
        and ${isListed(workerId)}
        and ${hasCapacity("jobs.priority")} and ${fitsSlot("jobs", reserved)}
        and status = 'queued' and run_at <= ${serverNow}
      order by priority, run_at, jobs.id limit 1 for update of jobs skip locked),
    counted as (
      update accounts set running_jobs = running_jobs + 1, last_claimed_at = ${at}
      where id = ${accountId} and exists (select from next)),
    claimed as (
      update jobs set status = 'running', fence = fence + 1, version = version + 1,
        event_seq = ${eventSeqAfterClaim}, worker_id = ${workerId}, claimed_at = ${at},
        started_at = coalesce(started_at, ${at}),
        deadline_at = ${at}::bigint + timeout_ms - running_ms, last_progress_at = ${at},
        cleanup_due_at = ${at}
      from next where jobs.id = next.id returning jobs.*),
    event as (
      insert into job_events (job_id, seq, type, details, created_at)
      select id, event_seq, ${claimEvent}, claimed_at from claimed
      where ${writesClaimEvent})
    select * from claimed`;
}

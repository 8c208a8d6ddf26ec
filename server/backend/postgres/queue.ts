/** graphile-worker as the doorbell: it tells when a job may be due, the `jobs` row says what is. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { Doorbell, Queue } from "../backend.ts";
import { claimEvent } from "../claim-event.ts";
import { hasRoom } from "../has-room.ts";
import type { JobRow, Schema } from "../schema.ts";
import { type ListenOptions, listen } from "./listen.ts";
import { keepMark } from "./preparing-client.ts";

const kept = sql.raw(keepMark);
/** Half a second: the sweep rings for what is still waiting later. */
const mostTries = 50;
const apartMs = 20;

type Server = Omit<ListenOptions, "slots" | "answer" | "chores">;

export function createQueue(
  options: Server & {
    db: Kysely<Schema>;
    now: () => number;
    /** Told of each claim that has committed. */
    onClaim: (row: JobRow) => void;
  },
): Queue {
  const { db, now, onClaim, ...server } = options;
  const { pool } = server;

  async function claim(workerId: string): Promise<JobRow | undefined> {
    for (let tries = 0; tries < mostTries; tries++) {
      const row = await db.transaction().execute(async (tx) => {
        const account = (await lockStatement.execute(tx)).rows[0];
        return account && (await claimStatement(account.id, workerId, now()).execute(tx)).rows[0];
      });
      if (row || !(await isAnyClaimable(db))) return row;
      // Others are claiming in the accounts that have room. Waiting in line for their rows would
      // make a crowd of everybody who has heard a doorbell.
      await sleep(Math.random() * apartMs);
    }
    return undefined;
  }

  return {
    async claim(workerId) {
      const row = await claim(workerId);
      if (row) onClaim(row);
      return row;
    },
    listen: (options) => listen({ ...server, ...options }),
    async release(queueIds) {
      if (queueIds.length === 0) return;
      await pool.query("select graphile_worker.force_unlock_workers($1::text[])", [queueIds]);
    },
    async mend() {
      await pool.query(freeStrangers);
      // What was rung again while it was held, by a worker that was lost then, can never be taken.
      await pool.query(`delete from graphile_worker._private_jobs
        where locked_at is null and attempts >= max_attempts`);
    },
  };
}

/** Held by a worker that was lost before it could say what the queue knew it by. */
const freeStrangers = `
  select graphile_worker.force_unlock_workers(array_agg(distinct locked_by))
  from graphile_worker._private_jobs
  where locked_at < now() - interval '1 minute' and not exists (
    select 1 from workers where queue_worker_id = locked_by)`;

/** The key makes one entry for each job; a second ring moves the one that is there. */
export async function ring(tx: Transaction<Schema>, job: Doorbell): Promise<void> {
  await sql`select graphile_worker.add_job('run', json_build_object('id', ${job.id}::text),
    job_key := ${`job:${job.id}`}, run_at := to_timestamp(${job.runAt}::float8 / 1000),
    priority := ${job.priority})`.execute(tx);
}

/**
 * The doorbell rang by the server's clock. A process that takes its own, however well it is set,
 * may come a moment too early, find nothing due and leave the job without a doorbell.
 */
const serverNow = sql`(extract(epoch from statement_timestamp()) * 1000)::bigint`;

/** Accounts where something waits: an index goes from one that has something to the next. */
const waiting = sql`waiting(id) as (
  (select account_id from jobs where status = 'queued' order by account_id limit 1)
  union all select (select account_id from jobs where status = 'queued'
    and account_id > waiting.id order by account_id limit 1)
  from waiting where waiting.id is not null)`;

/** Those of them that have room, each with the first of its jobs that are due. */
const open = sql`select accounts.id from waiting join accounts using (id) cross join lateral (
    select priority from jobs
    where account_id = accounts.id and status = 'queued' and run_at <= ${serverNow}
    order by priority, run_at, id limit 1) head
  where ${hasRoom("head.priority")}`;

async function isAnyClaimable(db: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql`${kept} with recursive ${waiting} ${open} limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Locks the account to claim in. Apart from the claim itself, which has to see what others committed
 * until then: a statement that goes by what it saw before its lock may wait for those who wait for it.
 * `skip locked` lets claimers pass each other; `no key` keeps nobody from starting jobs in the account
 * meanwhile, whose foreign keys look at its row.
 */
export const lockStatement: RawBuilder<{ id: string }> = sql`
  with recursive ${waiting} ${open}
  order by head.priority, accounts.running_jobs, accounts.last_claimed_at
  limit 1 for no key update of accounts skip locked`;

/** All of a claim in an account that is locked, its event too. */
export function claimStatement(
  accountId: string,
  workerId: string,
  at: number,
): RawBuilder<JobRow> {
  return sql<JobRow>`
    with best as (
      select jobs.id from jobs join accounts on accounts.id = jobs.account_id
      where account_id = ${accountId}
        and ${hasRoom("jobs.priority")}
        and status = 'queued' and run_at <= ${serverNow}
      order by priority, run_at, jobs.id limit 1 for update of jobs skip locked),
    counted as (
      update accounts set running_jobs = running_jobs + 1, last_claimed_at = ${at}
      where id = ${accountId} and exists (select from best)),
    claimed as (
      update jobs set status = 'running', fence = fence + 1, version = version + 1,
        event_seq = event_seq + 1, worker_id = ${workerId}, claimed_at = ${at},
        started_at = coalesce(started_at, ${at}),
        deadline_at = ${at}::bigint + timeout_ms - running_ms, last_progress_at = ${at},
        cleanup_due_at = ${at}
      from best where jobs.id = best.id returning jobs.*),
    told as (
      insert into job_events (job_id, seq, type, message, details, created_at)
      select id, event_seq, ${claimEvent}, claimed_at from claimed)
    select * from claimed`;
}

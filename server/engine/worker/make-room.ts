/**
 * Makes room for accounts that have nothing running while all slots are taken: asks jobs of the accounts
 * that hold most to give back their slots at their next checkpoint. The claims alone cannot, because
 * they share only slots that become free.
 */
import { type Kysely, sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import { hasCapacity, isOneOf, maxPriorityWithoutLimit } from "../../backend/claim-sql.ts";
import type { Schema } from "../../backend/schema.ts";
import { roomRequestMs } from "../run/room-request.ts";

/** An account from which nothing was claimed for this long is a newcomer. */
const newcomerIdleMs = 600_000;
/** A free slot takes a due job sooner. */
const minWaitMs = 1_000;
/** Slots that count as free may be taken by cleanups, maintenance or a worker that hangs. */
const maxWaitForFreeSlotMs = 4_000;
/** A job that did not stop when it was asked is asked again after this time. */
const askAgainMs = 60_000;

/**
 * A newcomer takes the slot of the job that has begun last, others take turns. Simulated with 50 accounts
 * on 20 slots: with shorter turns jobs stop so often that slots stand empty.
 * `maxStopping` is a share of the running jobs.
 */
const rules = {
  newcomer: { minRunMs: 10_000, maxStopping: 0.5, order: sql`desc` },
  turn: { minRunMs: 120_000, maxStopping: 0.1, order: sql`asc` },
} as const;

type Rule = keyof typeof rules;

/**
 * Asks as many jobs as accounts wait for a first slot. Safe to call in many workers at once.
 * @param yieldingKinds the kinds whose jobs are known to give back their slots: they are asked first
 */
export async function makeRoom(
  backend: Backend,
  yieldingKinds: readonly string[] = [],
): Promise<void> {
  while (await askNextJob(backend, yieldingKinds));
}

/**
 * Locks one job alone: other writers lock several in any order.
 * @returns whether a job was asked
 */
async function askNextJob(backend: Backend, yieldingKinds: readonly string[]): Promise<boolean> {
  if (!(await findRule(backend.db, backend.now()))) return false;
  return backend.write(async (tx) => {
    // The second of two concurrent sweeps counts the jobs that the first has asked.
    await tx.lock("make-room");
    const at = backend.now();
    const rule = await findRule(tx.db, at);
    return rule !== undefined && requestRoom(tx.db, rule, at, yieldingKinds);
  });
}

/** @returns the rule by which another job has to make room, if any */
async function findRule(db: Kysely<Schema>, at: number): Promise<Rule | undefined> {
  const waiting = await countWaiting(db, at);
  if (waiting.newcomers + waiting.others === 0) return undefined;
  return ruleFor(waiting, await countSlots(db, at));
}

/** Accounts with a due job and nothing running. */
export interface WaitingAccounts {
  newcomers: number;
  /** Newcomers that wait although slots may be free. */
  urgentNewcomers: number;
  others: number;
}

export interface Slots {
  /** All slots of the listed workers. */
  total: number;
  running: number;
  /** Running jobs that were asked to stop. */
  stopping: number;
}

export function ruleFor(
  { newcomers, urgentNewcomers, others }: WaitingAccounts,
  { total, running, stopping }: Slots,
): Rule | undefined {
  const free = Math.max(0, total - running);
  const maxStopping = (rule: Rule) => Math.max(1, Math.floor(running * rules[rule].maxStopping));
  const mayStopFor = (rule: Rule, accounts: number) =>
    stopping < Math.min(accounts, maxStopping(rule));
  if (mayStopFor("newcomer", Math.max(newcomers - free, urgentNewcomers))) return "newcomer";
  return mayStopFor("turn", newcomers + others - free) ? "turn" : undefined;
}

/**
 * Counts only accounts whose first job the next claim may take: a job of a lower priority would not get
 * the slot. Each step of `waiting` jumps to the next account in the index.
 */
async function countWaiting(db: Kysely<Schema>, at: number): Promise<WaitingAccounts> {
  const isNewcomer = sql`last_claimed_at <= ${at - newcomerIdleMs}`;
  const { rows } = await sql<WaitingAccounts>`
    with recursive waiting(id) as (
      select min(account_id) from jobs where status = 'queued'
      union all
      select (select min(account_id) from jobs where status = 'queued' and account_id > waiting.id)
      from waiting where waiting.id is not null),
    heads as (
      select accounts.running_jobs, accounts.last_claimed_at, head.priority, head.run_at
      from waiting join accounts on accounts.id = waiting.id join jobs as head on head.id = (
        select id from jobs where account_id = accounts.id and status = 'queued' and run_at <= ${at}
        order by priority, run_at, id limit 1)
      where ${hasCapacity("head.priority")}),
    starved as (
      select run_at, last_claimed_at from heads
      where running_jobs = 0 and run_at <= ${at - minWaitMs}
        and priority = (select min(priority) from heads))
    select count(*) filter (where ${isNewcomer}) as newcomers,
      count(*) filter (where ${isNewcomer} and run_at <= ${at - maxWaitForFreeSlotMs})
        as "urgentNewcomers",
      count(*) filter (where not ${isNewcomer}) as others
    from starved`.execute(db);
  return rows[0]!;
}

async function countSlots(db: Kysely<Schema>, at: number): Promise<Slots> {
  const { rows } = await sql<Slots>`
    select (select cast(coalesce(sum(concurrency), 0) as bigint) from workers) as total,
      count(*) as running, count(*) filter (where ${isStopping(at)}) as stopping
    from jobs where status = 'running'`.execute(db);
  return rows[0]!;
}

function isStopping(at: number) {
  return sql<boolean>`(cancel_requested_at is not null or pause_requested_at is not null
    or coalesce(room_requested_at, 0) > ${at - roomRequestMs})`;
}

/**
 * Asks a job of the account that holds most, of all jobs that can make room if there are any. Jobs that
 * may run beside the limit of their account keep their slot, because they make room themselves.
 * @returns whether there is such a job
 */
async function requestRoom(
  db: Kysely<Schema>,
  rule: Rule,
  at: number,
  yieldingKinds: readonly string[],
): Promise<boolean> {
  const { minRunMs, order } = rules[rule];
  const { rows } = await sql`
    update jobs set room_requested_at = ${at} where status = 'running' and id = (
      select id from (
        select id, kind, claimed_at, priority, room_requested_at,
          count(*) over (partition by account_id) as held
        from jobs where status = 'running' and not ${isStopping(at)}) as going_on
      where claimed_at <= ${at - minRunMs} and priority > ${maxPriorityWithoutLimit}
        and coalesce(room_requested_at, 0) <= ${at - askAgainMs}
      order by case when ${isOneOf("kind", yieldingKinds)} then 0 else 1 end, held desc,
        claimed_at ${order}, id limit 1)
    returning id`.execute(db);
  return rows.length > 0;
}

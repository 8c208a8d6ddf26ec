/** Fills the table of jobs with a realistic distribution: a large account, and people with few jobs. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Backend } from "../../server/backend/backend.ts";
import type { Schema } from "../../server/backend/schema.ts";

/** The account that has most of the jobs, and two of its members. */
export interface ManyJobs {
  accountId: string;
  /** Has most of the account's jobs. */
  busyUserId: string;
  /** Has a handful of jobs of any age. */
  quietUserId: string;
}

const day = 86_400_000;
/** The age of the oldest job. */
const maxAgeMs = 80 * day;
/** Rows per statement. */
const batchSize = 100_000;

/**
 * Gives 60 % of the jobs to the account and the rest to 400 others. Hides 30 % of them. 95 % are done,
 * 5 % failed, a few are cancelled, and some thousands are queued. The database itself creates the
 * rows: a million take about 20 s.
 * @param kinds the usual kind, an unusual one (one job in 500), a rare one (one in 50,000)
 */
export async function fillWithJobs(
  backend: Backend,
  who: ManyJobs,
  { count, kinds }: { count: number; kinds: readonly [string, string, string] },
): Promise<void> {
  const { db } = backend;
  const now = backend.now();
  await insertOtherAccounts(db, now);
  for (let from = 0; from < count; from += batchSize) {
    const to = Math.min(count, from + batchSize);
    await insertJobs(backend, who, { from, to, count, now, kinds });
  }
  await insertSearchTerms(db, who.accountId);
  await analyse(backend);
}

/** Gives each of the account's jobs a common word, and a few of them a rare one too. */
async function insertSearchTerms(db: Kysely<Schema>, accountId: string): Promise<void> {
  const words = (word: string, which: RawBuilder<unknown>) =>
    sql`
    insert into job_search_terms (job_id, term, account_id, user_id)
    select id, ${word}, account_id, user_id from jobs
    where account_id = ${accountId} and ${which}`.execute(db);
  await words("people", sql`1 = 1`);
  await words("rarest", sql`id like '%7777'`);
}

const filledTables = ["jobs", "job_search_terms", "job_audit_entries"];

/** Updates the statistics of the planner, as the server does by itself after a while. */
export async function analyse(
  { name, db }: Backend,
  tables: readonly string[] = filledTables,
): Promise<void> {
  for (const table of tables) {
    await sql.raw(`${name === "postgres" ? "vacuum analyze" : "analyze"} ${table}`).execute(db);
  }
}

const otherAccounts = 400;

async function insertOtherAccounts(db: Kysely<Schema>, now: number): Promise<void> {
  const rows = Array.from({ length: otherAccounts }, (_, n) => {
    return { id: `other-${n}`, name: `Other ${n}`, created_at: now };
  });
  await db.insertInto("accounts").values(rows).execute();
}

interface Batch {
  from: number;
  to: number;
  count: number;
  now: number;
  kinds: readonly [string, string, string];
}

async function insertJobs({ name, db }: Backend, who: ManyJobs, part: Batch): Promise<void> {
  const { from, to, count, now, kinds } = part;
  const hex = sql.raw(name === "postgres" ? "lpad(to_hex(at), 12, '0')" : "printf('%012x', at)");
  // Multiplies by a prime, so that similar jobs are not adjacent.
  await sql`
    with recursive
      numbers(n) as (select ${sql.lit(from)} union all select n + 1 from numbers where n + 1 < ${sql.lit(to)}),
      spread as (select n, (cast(n as bigint) * 7919) % 100000 as dice,
        cast(${sql.lit(now - maxAgeMs)} + cast(n as bigint) * ${sql.lit(Math.floor(maxAgeMs / count))} as bigint) as at
        from numbers),
      new_jobs as (select n, dice, at, ${hex} as stamp, dice < 60000 as ours,
        case when n % 50000 = 777 then ${kinds[2]} when dice % 500 = 3 then ${kinds[1]} else ${kinds[0]} end as kind,
        case when n >= ${sql.lit(count - Math.floor(count / 100))} and dice % 2 = 0 then 'queued'
          when dice % 10000 = 1 then 'paused'
          when dice % 20 = 7 then 'failed'
          when dice % 1000 = 11 then 'cancelled' else 'done' end as status
        from spread)
    insert into jobs (id, kind, account_id, user_id, status, input, subject, outcome, error, run_at,
      created_at, started_at, finished_at, hidden_at, max_retries, timeout_ms, fence, event_seq,
      current_step, step_done, step_total, progress, message, succeeded, rejected)
    select substr(stamp, 1, 8) || '-' || substr(stamp, 9, 4) || '-7000-8000-'
        || substr(cast(1000000000000 + n as text), 2),
      kind,
      case when ours then ${who.accountId} else 'other-' || cast(dice * dice % ${sql.lit(otherAccounts)} as text) end,
      case when not ours then 'person-' || cast(dice % 1000 as text)
        when dice % 20000 = 77 then ${who.quietUserId}
        when dice % 6 = 0 then 'colleague-' || cast(dice % 50 as text)
        else ${who.busyUserId} end,
      status, '{"duplicates":"update","mapping":["email","first_name","last_name","company"]}',
      'people.csv',
      case when status = 'done' then 'Imported 99,812 of 100,000, 188 rows rejected' end,
      case when status = 'failed' then 'Row 1,204: the file ends in the middle of a quoted cell' end,
      -- Queued jobs are due tomorrow, so that a worker does not run them.
      case when status = 'queued' then ${sql.lit(now + day)} else at end,
      at,
      case when status <> 'queued' then at + 400 end,
      case when status not in ('queued', 'paused') then at + 41000 end,
      case when status not in ('queued', 'paused') and dice % 10 in (2, 5, 8) then at + 60000 end,
      3, 3600000, 1, 4, 1, 42000, 100000, 0.42, '99,812 contacts found', 99812, 188
    from new_jobs`.execute(db);
}

/**
 * Lists the latest jobs of a kind in an account that succeeded and that nobody has hidden. An estimate
 * never shows a duration of another account, because it would reveal what that account does. How the
 * steps of a kind divide their time on this machine says nothing about an account.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "../../backend/schema.ts";
import type { PastJob, PastStep } from "./duration-estimate.ts";

/** Latest jobs per kind. */
const maxJobs = 20;
/** Latest jobs of all kinds among which those of one kind are looked for, because no index serves it. */
const maxScannedJobs = 1_000;

export interface AccountKind {
  accountId: string;
  kind: string;
}

/** @returns jobs without their steps, by `accountKindKey` */
export async function listPastJobs(
  db: Kysely<Schema>,
  kinds: readonly AccountKind[],
): Promise<Map<string, PastJob[]>> {
  if (kinds.length === 0) return new Map();
  const latest = kinds.map((each) => sql`select * from (${latestOf(each)}) as part`);
  const { rows } = await sql<PastJobRow>`${sql.join(latest, sql` union all `)}`.execute(db);
  const byKey = Map.groupBy(rows, ({ account_id, kind }) =>
    accountKindKey({ accountId: account_id, kind }),
  );
  return new Map(
    [...byKey].map(([key, jobs]) => [
      key,
      jobs.map(({ running_ms, input_bytes }) => ({ ms: running_ms, size: input_bytes, steps: [] })),
    ]),
  );
}

export function accountKindKey({ accountId, kind }: AccountKind): string {
  return `${accountId} ${kind}`;
}

/** Lists past jobs of one kind with the duration of each step. */
export function listPastJobsWithSteps(db: Kysely<Schema>, kind: AccountKind): Promise<PastJob[]> {
  return listWithSteps(db, latestOf(kind));
}

/** Lists past jobs of a kind in all accounts, to measure the shares of its steps. */
export function listLatestJobsOfMachine(db: Kysely<Schema>, kind: string): Promise<PastJob[]> {
  return listWithSteps(
    db,
    sql`select id, running_ms, input_bytes
      from (select id, kind, status, running_ms, input_bytes from jobs
        order by id desc limit ${maxScannedJobs}) as latest
      where kind = ${kind} and status = 'done' order by id desc limit ${maxJobs}`,
  );
}

async function listWithSteps(db: Kysely<Schema>, jobs: RawBuilder<unknown>): Promise<PastJob[]> {
  const { rows } = await sql<PastJobRow & PastStepRow>`
    select job.id, job.input_bytes, job.running_ms as job_ms, position, steps.running_ms, started_at, finished_at,
      total
    from (${jobs}) as job join job_steps as steps on steps.job_id = job.id
    order by job.id, position`.execute(db);
  return [...Map.groupBy(rows, ({ id }) => id).values()].map((steps) => ({
    ms: steps[0]!.job_ms,
    size: steps[0]!.input_bytes,
    steps: steps.map(parseStep),
  }));
}

interface PastJobRow {
  id: string;
  account_id: string;
  kind: string;
  running_ms: number;
  input_bytes: number | null;
}

interface PastStepRow {
  job_ms: number;
  running_ms: number | null;
  started_at: number | null;
  finished_at: number | null;
  total: number | null;
}

/** Jobs of older versions have no running time per step: their wall-clock time replaces it. */
function parseStep({ running_ms, started_at, finished_at, total }: PastStepRow): PastStep | null {
  const wallClockMs = started_at === null || finished_at === null ? null : finished_at - started_at;
  const ms = running_ms ?? wallClockMs;
  return ms === null ? null : { ms, total };
}

/** The index on account, kind and end serves this order. */
function latestOf({ accountId, kind }: AccountKind): RawBuilder<unknown> {
  return sql`select id, account_id, kind, running_ms, input_bytes from jobs
    where account_id = ${accountId} and kind = ${kind} and status = 'done'
    and finished_at is not null and hidden_at is null
    order by finished_at desc, id desc limit ${maxJobs}`;
}

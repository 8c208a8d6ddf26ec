/**
 * What jobs of a kind took lately in an account: those that succeeded and that people still have in
 * their lists. Of other accounts nothing is looked at, for what they do is nobody else's.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Schema } from "../../backend/schema.ts";
import type { PastJob, PastStep } from "./past.ts";

/** The last jobs of a kind that are looked at. */
const most = 20;

export interface KindOfAccount {
  accountId: string;
  kind: string;
}

/** @returns by `nameOf`; the steps are left out */
export async function pastJobs(
  db: Kysely<Schema>,
  asked: readonly KindOfAccount[],
): Promise<Map<string, PastJob[]>> {
  if (asked.length === 0) return new Map();
  const latest = asked.map((each) => sql`select * from (${ofKind(each)}) as part`);
  const { rows } = await sql<Ended>`${sql.join(latest, sql` union all `)}`.execute(db);
  const byName = Map.groupBy(rows, ({ account_id, kind }) =>
    nameOf({ accountId: account_id, kind }),
  );
  return new Map(
    [...byName].map(([name, jobs]) => [
      name,
      jobs.map(({ running_ms, input_bytes }) => ({ ms: running_ms, size: input_bytes, steps: [] })),
    ]),
  );
}

export function nameOf({ accountId, kind }: KindOfAccount): string {
  return `${accountId} ${kind}`;
}

/** With what each of their steps took. */
export async function pastSteps(db: Kysely<Schema>, asked: KindOfAccount): Promise<PastJob[]> {
  const { rows } = await sql<Ended & Took>`
    select job.id, job.input_bytes, job.running_ms as job_ms, position, steps.running_ms, started_at, finished_at,
      total
    from (${ofKind(asked)}) as job join job_steps as steps on steps.job_id = job.id
    order by job.id, position`.execute(db);
  return [...Map.groupBy(rows, ({ id }) => id).values()].map((steps) => ({
    ms: steps[0]!.job_ms,
    size: steps[0]!.input_bytes,
    steps: steps.map(stepOf),
  }));
}

interface Ended {
  id: string;
  account_id: string;
  kind: string;
  running_ms: number;
  input_bytes: number | null;
}

interface Took {
  job_ms: number;
  running_ms: number | null;
  started_at: number | null;
  finished_at: number | null;
  total: number | null;
}

/** Of jobs from before running times of steps were kept, the times of day tell nearly the same. */
function stepOf({ running_ms, started_at, finished_at, total }: Took): PastStep | null {
  const passed = started_at === null || finished_at === null ? null : finished_at - started_at;
  const ms = running_ms ?? passed;
  return ms === null ? null : { ms, total };
}

/** An index knows where they are, in this order. */
function ofKind({ accountId, kind }: KindOfAccount): RawBuilder<unknown> {
  return sql`select id, account_id, kind, running_ms, input_bytes from jobs
    where account_id = ${accountId} and kind = ${kind} and status = 'done'
    and finished_at is not null and hidden_at is null
    order by finished_at desc, id desc limit ${most}`;
}

/** Where those stand that are due and do not run yet, among the jobs of their account. */
import { type Kysely, sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import type { JobRow, Schema } from "../../backend/schema.ts";
import type { QueuePosition } from "../job-summary.ts";
import { nameOf, pastJobs } from "./history.ts";
import { startTimes } from "./line.ts";
import { typicalDuration } from "./past.ts";

/** Behind the last of these a job is told that they are more. */
const counted = 100;

/**
 * Some queries, however many wait: the first of each account's line, in the order of the claims
 * (`server/backend/…/queue.ts`), what runs there, and what jobs of these kinds took lately. When one
 * begins can be told only while the account runs as many as it may: else it waits for a worker.
 * @returns the same rows; those that are due have their place
 */
export async function withPlaces<
  Row extends Pick<JobRow, "id" | "status" | "account_id" | "run_at">,
>(
  { db, now: clock }: Pick<Backend, "db" | "now">,
  rows: readonly Row[],
): Promise<readonly (Row & { line?: QueuePosition })[]> {
  const now = clock();
  const due = rows.filter(({ status, run_at }) => status === "queued" && run_at <= now);
  if (due.length === 0) return rows;
  const ids = [...new Set(due.map((row) => row.account_id))];
  const lines = await linesOf(db, ids, now);
  const full = await fullAccounts(db, ids);
  const starts = await startsOf(db, lines, full, now);
  return rows.map((row) => {
    if (row.status !== "queued" || row.run_at > now) return row;
    const at = lines.get(row.account_id)?.findIndex(({ id }) => id === row.id) ?? -1;
    const isCounted = at >= 0 && at < counted;
    const startsAt = isCounted ? (starts.get(row.account_id)?.[at] ?? null) : null;
    const running = full.get(row.account_id) ?? null;
    return { ...row, line: { place: isCounted ? at + 1 : null, startsAt, running } };
  });
}

type Waiting = Pick<JobRow, "id" | "account_id" | "kind" | "input_bytes" | "priority" | "run_at">;

/** By account, in the order in which they are claimed. */
async function linesOf(
  db: Kysely<Schema>,
  accounts: readonly string[],
  now: number,
): Promise<Map<string, Waiting[]>> {
  const lines = accounts.map(
    (id) => sql`select * from (
      select id, account_id, kind, input_bytes, priority, run_at from jobs
      where account_id = ${id} and status = 'queued' and run_at <= ${now}
      order by priority, run_at, id limit ${counted}) as part`,
  );
  const { rows } = await sql<Waiting>`${sql.join(lines, sql` union all `)}`.execute(db);
  rows.sort((a, b) => a.priority - b.priority || a.run_at - b.run_at || (a.id < b.id ? -1 : 1));
  return Map.groupBy(rows, (row) => row.account_id);
}

/** Those that run as many as they may, with how many that are. */
async function fullAccounts(
  db: Kysely<Schema>,
  accounts: readonly string[],
): Promise<Map<string, number>> {
  const full = await db
    .selectFrom("accounts")
    .select(["id", "running_jobs"])
    .where("id", "in", accounts)
    .whereRef("running_jobs", ">=", "max_running_jobs")
    .execute();
  return new Map(full.map(({ id, running_jobs }) => [id, running_jobs]));
}

/** @returns by account, for each in its line, when it begins; null where nobody can know */
async function startsOf(
  db: Kysely<Schema>,
  lines: ReadonlyMap<string, Waiting[]>,
  full: ReadonlyMap<string, number>,
  now: number,
): Promise<Map<string, (number | null)[]>> {
  if (full.size === 0) return new Map();
  const running = await runningIn(db, [...full.keys()]);
  const jobs = [...running, ...[...full.keys()].flatMap((id) => lines.get(id) ?? [])];
  const kinds = new Map(
    jobs.map(({ account_id, kind }) => {
      const asked = { accountId: account_id, kind };
      return [nameOf(asked), asked];
    }),
  );
  const past = await pastJobs(db, [...kinds.values()]);
  const usual = ({
    account_id,
    kind,
    input_bytes,
  }: Pick<Waiting, "account_id" | "kind" | "input_bytes">) =>
    typicalDuration(past.get(nameOf({ accountId: account_id, kind })) ?? [], input_bytes)?.ms ??
    null;
  const byAccount = Map.groupBy(running, (job) => job.account_id);
  return new Map(
    [...full].map(([id, places]) => {
      const left = (byAccount.get(id) ?? []).map((job) => leftOf(job, usual(job), now));
      const starts = startTimes(left, (lines.get(id) ?? []).map(usual), places);
      return [id, starts.map((ms) => (ms === null ? null : now + ms))];
    }),
  );
}

type Running = Pick<
  JobRow,
  | "account_id"
  | "kind"
  | "input_bytes"
  | "eta_earliest"
  | "eta_latest"
  | "running_ms"
  | "claimed_at"
>;

function runningIn(db: Kysely<Schema>, accounts: readonly string[]): Promise<Running[]> {
  return db
    .selectFrom("jobs")
    .select([
      "account_id",
      "kind",
      "input_bytes",
      "eta_earliest",
      "eta_latest",
      "running_ms",
      "claimed_at",
    ])
    .where("account_id", "in", accounts)
    .where("status", "=", "running")
    .where("finished_at", "is", null)
    .execute();
}

/** By what it expects itself, or by what such jobs take; one that takes longer is a riddle. */
function leftOf(job: Running, usual: number | null, now: number): number | null {
  const { eta_earliest, eta_latest, running_ms, claimed_at } = job;
  if (eta_earliest !== null && eta_latest !== null && eta_latest >= now) {
    return Math.max(0, (eta_earliest + eta_latest) / 2 - now);
  }
  const left = usual === null ? -1 : usual - running_ms - (now - claimed_at!);
  return left >= 0 ? left : null;
}

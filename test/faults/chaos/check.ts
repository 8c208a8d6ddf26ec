/** Checks the invariants that must hold once all jobs have finished. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../../server/backend/backend.ts";
import type { EventRow, JobRow } from "../../../server/backend/schema.ts";
import { finalStatuses, isFinal } from "../../../server/engine/status.ts";
import { countLockedEntries } from "../locked-entries.ts";
import type { Order } from "./load.ts";

export interface Findings {
  /** The number of jobs by status. */
  statuses: Record<string, number>;
  /** The number of unfinished jobs and missing rows. */
  lost: number;
  /** The number of rows written twice, second final events, and second jobs for one key. */
  doubled: number;
  /** The number of jobs that failed. No job of the load does so by itself. */
  innocentFailed: number;
  /** A sentence for each violated invariant. */
  violations: string[];
}

export async function checkAll(backend: Backend, orders: readonly Order[]): Promise<Findings> {
  const findings: Findings = {
    ...{ statuses: {}, lost: 0, doubled: 0, innocentFailed: 0, violations: [] },
  };
  for (const order of orders) await checkOne(backend, order, findings);
  await checkAccounts(backend, findings);
  const locked = await countStaleLocks(backend);
  if (locked > 0) findings.violations.push(`${locked} entries are locked in the queue`);
  return findings;
}

/**
 * Waits for the maintenance that unlocks, within two minutes, the entries of workers that were lost
 * before their first heartbeat.
 */
async function countStaleLocks(backend: Backend): Promise<number> {
  for (const until = Date.now() + 180_000; ; await sleep(500)) {
    const locked = await countLockedEntries(backend);
    if (locked === 0 || Date.now() > until) return locked;
  }
}

async function checkOne({ db }: Backend, order: Order, findings: Findings): Promise<void> {
  const { violations, statuses } = findings;
  const jobs = await db
    .selectFrom("jobs")
    .selectAll()
    .where("idempotency_key", "=", order.key)
    .execute();
  const job = jobs.find(({ id }) => id === order.id);
  if (!job) {
    findings.lost++;
    violations.push(`${order.key}: the API returned the job ${order.id}, which does not exist`);
    return;
  }
  if (jobs.length > 1) {
    findings.doubled += jobs.length - 1;
    violations.push(`${order.key}: ${jobs.length} jobs`);
  }
  statuses[job.status] = (statuses[job.status] ?? 0) + 1;
  if (!isFinal(job.status)) {
    findings.lost++;
    violations.push(`${order.key}: ${job.kind} is still ${job.status}`);
    return;
  }
  const events = await db
    .selectFrom("job_events")
    .selectAll()
    .where("job_id", "=", job.id)
    .orderBy("seq")
    .execute();
  checkEvents(order, job, events, findings);
  if (job.status === "failed") {
    findings.innocentFailed++;
    violations.push(`${order.key}: ${job.kind} failed with ${job.reason}: ${job.error}`);
  }
  if (order.kind === "copy_rows" || order.kind === "contact_import") {
    await checkRows(db, order, job, findings);
  }
}

function checkEvents(order: Order, job: JobRow, events: EventRow[], findings: Findings): void {
  const { violations } = findings;
  if (events.some(({ seq }, at) => seq !== at + 1)) {
    violations.push(`${order.key}: its events have a gap`);
  }
  const ends = events.filter(({ type }) => (finalStatuses as string[]).includes(type));
  findings.doubled += Math.max(0, ends.length - 1);
  if (ends.length !== 1 || ends[0]!.type !== job.status || events.at(-1) !== ends[0]) {
    const types = ends.map(({ type }) => type).join(", ");
    violations.push(
      `${order.key}: its status is ${job.status}, and its final events are ${types || "missing"}`,
    );
  }
}

/** Each counted row must exist once, and a job that is done must have written all rows. */
async function checkRows(
  db: Backend["db"],
  order: Order,
  job: JobRow,
  findings: Findings,
): Promise<void> {
  const { count } = await db
    .selectFrom("contacts")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("email", "like", `${order.prefix}-%`)
    .executeTakeFirstOrThrow();
  const actual = Number(count);
  const expected = job.status === "done" ? order.rows : job.succeeded;
  if (actual === expected && job.succeeded === expected && job.skipped === 0) return;
  findings.lost += Math.max(0, expected - actual);
  findings.doubled += Math.max(0, job.succeeded - actual) + job.skipped;
  findings.violations.push(
    `${order.key}: ${expected} rows expected, ${actual} found, ` +
      `${job.succeeded} counted, ${job.skipped} skipped`,
  );
}

async function checkAccounts({ db }: Backend, findings: Findings): Promise<void> {
  const accounts = await db.selectFrom("accounts").selectAll().execute();
  for (const { id, running_jobs, contact_count } of accounts) {
    if (running_jobs !== 0)
      findings.violations.push(`${running_jobs} jobs are counted as running, but none is`);
    const { count } = await db
      .selectFrom("contacts")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("account_id", "=", id)
      // The sample kind copy_rows does not update the account's count.
      .where("email", "not in", (written) =>
        written
          .selectFrom("contacts as other")
          .innerJoin("jobs", "jobs.id", "other.job_id")
          .select("other.email")
          .where("jobs.kind", "=", "copy_rows"),
      )
      .executeTakeFirstOrThrow();
    if (Number(count) !== contact_count) {
      findings.violations.push(`${contact_count} contacts are counted, but ${count} exist`);
    }
  }
}

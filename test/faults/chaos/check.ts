/** What has to be true when everything is quiet again, whatever happened before. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../../server/backend/backend.ts";
import type { EventRow, JobRow } from "../../../server/backend/schema.ts";
import { rescueLimits } from "../../../server/engine/finish.ts";
import { finalStatuses, isFinal } from "../../../server/engine/status.ts";
import { lockedEntries } from "../locked-entries.ts";
import type { Wish } from "./load.ts";

export interface Findings {
  /** Ended jobs by their status. */
  statuses: Record<string, number>;
  /** Jobs that did not end, and rows that are missing. */
  lost: number;
  /** Rows that were written twice, second ends, second jobs for one wish. */
  doubled: number;
  /** Each in a sentence. */
  violations: string[];
}

export async function check(backend: Backend, wishes: readonly Wish[]): Promise<Findings> {
  const findings: Findings = { statuses: {}, lost: 0, doubled: 0, violations: [] };
  for (const wish of wishes) await checkOne(backend, wish, findings);
  await checkAccounts(backend, findings);
  const locked = await lockedForGood(backend);
  if (locked > 0) findings.violations.push(`${locked} entries are locked in the queue`);
  return findings;
}

/** Entries of a worker that was lost before it registered are unlocked within two minutes. */
async function lockedForGood(backend: Backend): Promise<number> {
  for (const until = Date.now() + 180_000; ; await sleep(500)) {
    const locked = await lockedEntries(backend);
    if (locked === 0 || Date.now() > until) return locked;
  }
}

async function checkOne({ db }: Backend, wish: Wish, findings: Findings): Promise<void> {
  const { violations, statuses } = findings;
  const jobs = await db
    .selectFrom("jobs")
    .selectAll()
    .where("idempotency_key", "=", wish.key)
    .execute();
  const job = jobs.find(({ id }) => id === wish.id);
  if (!job) {
    findings.lost++;
    violations.push(`${wish.key}: its start was answered with ${wish.id}, and there is none`);
    return;
  }
  if (jobs.length > 1) {
    findings.doubled += jobs.length - 1;
    violations.push(`${wish.key}: ${jobs.length} jobs`);
  }
  statuses[job.status] = (statuses[job.status] ?? 0) + 1;
  if (!isFinal(job.status)) {
    findings.lost++;
    violations.push(`${wish.key}: ${job.kind} is still ${job.status}`);
    return;
  }
  const events = await db
    .selectFrom("job_events")
    .selectAll()
    .where("job_id", "=", job.id)
    .orderBy("seq")
    .execute();
  checkEvents(wish, job, events, findings);
  if (job.status === "failed" && !hasTriedAll(job)) {
    violations.push(`${wish.key}: ${job.kind} failed with ${job.reason}: ${job.error}`);
  }
  if (wish.kind === "copy_rows" || wish.kind === "contact_import") {
    await checkRows(db, wish, job, findings);
  }
}

/** As often as it may, each time with a fault in its way. */
function hasTriedAll({ reason, retries, max_retries, rescues: lost }: JobRow): boolean {
  if (reason === "worker_lost") return lost >= rescueLimits.max;
  return reason === "error" && retries === max_retries;
}

function checkEvents(wish: Wish, job: JobRow, events: EventRow[], findings: Findings): void {
  const { violations } = findings;
  if (events.some(({ seq }, at) => seq !== at + 1)) {
    violations.push(`${wish.key}: its events have a gap`);
  }
  const ends = events.filter(({ type }) => (finalStatuses as string[]).includes(type));
  findings.doubled += Math.max(0, ends.length - 1);
  if (ends.length !== 1 || ends[0]!.type !== job.status || events.at(-1) !== ends[0]) {
    const told = ends.map(({ type }) => type).join(", ");
    violations.push(
      `${wish.key}: it is ${job.status}, and its events end with ${told || "nothing"}`,
    );
  }
}

/** What was counted is there, once; of a job that succeeded it is everything. */
async function checkRows(
  db: Backend["db"],
  wish: Wish,
  job: JobRow,
  findings: Findings,
): Promise<void> {
  const { count } = await db
    .selectFrom("contacts")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("email", "like", `${wish.prefix}-%`)
    .executeTakeFirstOrThrow();
  const there = Number(count);
  const wanted = job.status === "done" ? wish.rows : job.succeeded;
  if (there === wanted && job.succeeded === wanted && job.skipped === 0) return;
  findings.lost += Math.max(0, wanted - there);
  findings.doubled += Math.max(0, job.succeeded - there) + job.skipped;
  findings.violations.push(
    `${wish.key}: ${wanted} rows wanted, ${there} there, ` +
      `${job.succeeded} counted, ${job.skipped} were there before`,
  );
}

async function checkAccounts({ db }: Backend, findings: Findings): Promise<void> {
  const accounts = await db.selectFrom("accounts").selectAll().execute();
  for (const { id, running_jobs, contact_count } of accounts) {
    if (running_jobs !== 0)
      findings.violations.push(`${running_jobs} jobs count as running, and none is`);
    const { count } = await db
      .selectFrom("contacts")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("account_id", "=", id)
      // The kind of the tests writes contacts and keeps no count of them.
      .where("email", "not in", (written) =>
        written
          .selectFrom("contacts as other")
          .innerJoin("jobs", "jobs.id", "other.job_id")
          .select("other.email")
          .where("jobs.kind", "=", "copy_rows"),
      )
      .executeTakeFirstOrThrow();
    if (Number(count) !== contact_count) {
      findings.violations.push(`${contact_count} contacts are counted, and ${count} are there`);
    }
  }
}

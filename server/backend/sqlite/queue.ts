/** The queue is the `jobs` table itself: each queued row is its own entry. */
import type Database from "better-sqlite3";
import { type RawBuilder, sql } from "kysely";
import { lifecycleEvent } from "../../engine/job-lifecycle.ts";
import type {
  Backend,
  Queue,
  QueueListener,
  ReservedSlot,
  RunNext,
  WriteTransaction,
} from "../backend.ts";
import {
  claimEvent,
  claimEventType,
  eventSeqAfterClaim,
  fitsSlot,
  hasCapacity,
  isListed,
  writesClaimEvent,
} from "../claim-sql.ts";
import type { JobRow } from "../schema.ts";
import { UnlistedWorker } from "../unlisted-worker.ts";
import { startMaintenance } from "./maintenance-timers.ts";

const pollMs = 50;

export function createQueue(options: {
  file: Database.Database;
  now: () => number;
  write: Backend["write"];
  lost: AbortSignal;
}): Queue {
  const { file, now, write, lost } = options;
  return {
    // After a power cut, a job whose claim was lost is still queued.
    claim: (workerId, reserved) =>
      write((tx) => claim(tx, workerId, now(), reserved), { durable: "unless_process_ends" }),
    async listen({ concurrency, runNext, maintenanceTasks = [] }) {
      const polling = listen(file, now, concurrency, runNext, lost);
      const maintenance = startMaintenance(maintenanceTasks);
      return {
        queueWorkerId: null,
        stop: async () => void (await Promise.all([polling.stop(), maintenance.stop()])),
      };
    },
    releaseWorkers: async () => {},
    repair: async () => {},
  };
}

/** The next due job among the first ones of all accounts that have capacity, for a listed worker. */
export function nextJobStatement(
  workerId: string,
  at: number,
  reserved?: ReservedSlot,
): RawBuilder<{ id: string; account_id: string }> {
  return sql`
    select head.id, head.account_id from accounts join jobs as head on head.id = (
      select id from jobs where account_id = accounts.id and status = 'queued' and run_at <= ${at}
      order by priority, run_at, id limit 1)
    where ${isListed(workerId)} and ${hasCapacity("head.priority")} and ${fitsSlot("head", reserved)}
    order by head.priority, accounts.running_jobs, accounts.last_claimed_at limit 1`;
}

/** Several statements are one claim here, because no other process writes between them. */
async function claim(
  tx: WriteTransaction,
  workerId: string,
  at: number,
  reserved: ReservedSlot | undefined,
): Promise<JobRow | undefined> {
  const { db } = tx;
  const next = (await nextJobStatement(workerId, at, reserved).execute(db)).rows[0];
  if (!next) return refuseUnlisted(tx, workerId);
  await db
    .updateTable("accounts")
    .set({ running_jobs: sql`running_jobs + 1`, last_claimed_at: at })
    .where("id", "=", next.account_id)
    .execute();
  const row = await db
    .updateTable("jobs")
    .set({
      status: "running",
      fence: sql`fence + 1`,
      version: sql`version + 1`,
      event_seq: eventSeqAfterClaim,
      worker_id: workerId,
      claimed_at: at,
      started_at: sql`coalesce(started_at, ${at})`,
      deadline_at: sql`${at} + timeout_ms - running_ms`,
      last_progress_at: at,
      cleanup_due_at: at,
    })
    .where("id", "=", next.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await sql`insert into job_events (job_id, seq, type, details, created_at)
    select id, event_seq, ${claimEvent}, ${at} from jobs
    where id = ${row.id} and ${writesClaimEvent}`.execute(db);
  tx.notify(row.id);
  tx.emit(lifecycleEvent(claimEventType(row), row));
  return row;
}

async function refuseUnlisted({ db }: WriteTransaction, workerId: string): Promise<undefined> {
  const { rows } = await sql<{ listed: unknown }>`
    select ${isListed(workerId)} as listed`.execute(db);
  if (!rows[0]!.listed) throw new UnlistedWorker(workerId);
}

function listen(
  file: Database.Database,
  now: () => number,
  concurrency: number,
  runNext: RunNext,
  lost: AbortSignal,
): QueueListener {
  const due = file.prepare("select 1 from jobs where status = 'queued' and run_at <= ? limit 1");
  const busy = new Set<Promise<void>>();
  let stopped = false;

  function poll(): void {
    // One new slot per poll: the next poll finds out whether more is due.
    if (stopped || lost.aborted || busy.size >= concurrency || !isAnyDue()) return;
    const slot = drain().finally(() => busy.delete(slot));
    busy.add(slot);
  }

  /** If the file cannot be read now, the next poll tries again. */
  function isAnyDue(): boolean {
    try {
      return due.get(now()) !== undefined;
    } catch {
      return false;
    }
  }

  async function drain(): Promise<void> {
    while (!stopped && (await runNext()));
  }

  const timer = setInterval(poll, pollMs);
  return {
    queueWorkerId: null,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(busy);
    },
  };
}

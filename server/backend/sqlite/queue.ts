/** The queue on the file itself: queued rows of `jobs` are its entries. */
import type Database from "better-sqlite3";
import { type RawBuilder, sql } from "kysely";
import { lifecycleEvent } from "../../engine/job-lifecycle.ts";
import type { Backend, Listening, Queue, Write } from "../backend.ts";
import { claimEvent, claimType } from "../claim-event.ts";
import { hasRoom } from "../has-room.ts";
import type { JobRow } from "../schema.ts";
import { keepDoing } from "./chores.ts";

const pollMs = 50;

export function createQueue(options: {
  file: Database.Database;
  now: () => number;
  write: Backend["write"];
}): Queue {
  const { file, now, write } = options;
  return {
    claim: (workerId) => write((tx) => claim(tx, workerId, now())),
    async listen({ slots, answer, chores = [] }) {
      const polling = listen(file, now, slots, answer);
      const doing = keepDoing(chores);
      return {
        queueId: null,
        stop: async () => void (await Promise.all([polling.stop(), doing.stop()])),
      };
    },
    release: async () => {},
    mend: async () => {},
  };
}

/** The first of the due jobs of an account that has room. */
export function bestStatement(at: number): RawBuilder<{ id: string; account_id: string }> {
  return sql`
    select head.id, head.account_id from accounts join jobs as head on head.id = (
      select id from jobs where account_id = accounts.id and status = 'queued' and run_at <= ${at}
      order by priority, run_at, id limit 1)
    where ${hasRoom("head.priority")}
    order by head.priority, accounts.running_jobs, accounts.last_claimed_at limit 1`;
}

/** Every write transaction is the only one on the file, so some statements claim like one. */
async function claim(write: Write, workerId: string, at: number): Promise<JobRow | undefined> {
  const { db } = write;
  const found = (await bestStatement(at).execute(db)).rows[0];
  if (!found) return undefined;
  await db
    .updateTable("accounts")
    .set({ running_jobs: sql`running_jobs + 1`, last_claimed_at: at })
    .where("id", "=", found.account_id)
    .execute();
  const row = await db
    .updateTable("jobs")
    .set({
      status: "running",
      fence: sql`fence + 1`,
      version: sql`version + 1`,
      event_seq: sql`event_seq + 1`,
      worker_id: workerId,
      claimed_at: at,
      started_at: sql`coalesce(started_at, ${at})`,
      deadline_at: sql`${at} + timeout_ms - running_ms`,
      last_progress_at: at,
      cleanup_due_at: at,
    })
    .where("id", "=", found.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await sql`insert into job_events (job_id, seq, type, message, details, created_at)
    select id, event_seq, ${claimEvent}, ${at} from jobs where id = ${row.id}`.execute(db);
  write.changed(row.id);
  write.happened(lifecycleEvent(claimType(row), row));
  return row;
}

function listen(
  file: Database.Database,
  now: () => number,
  slots: number,
  answer: () => Promise<boolean>,
): Listening {
  const due = file.prepare("select 1 from jobs where status = 'queued' and run_at <= ? limit 1");
  const busy = new Set<Promise<void>>();
  let stopped = false;

  function poll(): void {
    // One new answer for each look: the next look sees whether more is due.
    if (stopped || busy.size >= slots || !isDue()) return;
    const slot = drain().finally(() => busy.delete(slot));
    busy.add(slot);
  }

  /** A file that cannot be read at the moment may be read at the next look. */
  function isDue(): boolean {
    try {
      return due.get(now()) !== undefined;
    } catch {
      return false;
    }
  }

  async function drain(): Promise<void> {
    while (!stopped && (await answer()));
  }

  const timer = setInterval(poll, pollMs);
  return {
    queueId: null,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(busy);
    },
  };
}

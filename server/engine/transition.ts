/** The two ways in which a job row changes: into another status, or with a fact about it. */
import { sql, type UpdateObject } from "kysely";
import type { WriteTransaction } from "../backend/backend.ts";
import type { JobRow, Schema } from "../backend/schema.ts";
import { lifecycleEvent } from "./job-lifecycle.ts";
import { isFinal, type Status, sourcesOf, transitions } from "./status.ts";

type Columns = UpdateObject<Schema, "jobs">;

/** What is told of a change; numbered per job without gaps. */
export interface JobEventInput {
  type: string;
  message: string;
  details?: Record<string, unknown>;
}

export interface Transition {
  id: string;
  to: Status;
  fact: JobEventInput;
  at: number;
  /** Given when a run (or what speaks for a lost one) ends: no row changes unless it still holds. */
  fence?: number;
  /** Narrower than what the table of transitions allows; with a fence it is running. */
  from?: Status[];
  set?: Columns;
}

/**
 * Compare-and-set on the row, with its event, the account's counter and the queue's entry.
 * @returns the row as it is now, or undefined where it had another status or fence
 * @throws where the table of transitions knows no such change
 */
export async function transition(
  tx: WriteTransaction,
  change: Transition,
): Promise<JobRow | undefined> {
  const { id, to, fact, at, fence, set } = change;
  const from = sources(change);
  let update = tx.db
    .updateTable("jobs")
    .set({ ...(fence === undefined ? {} : released(at)), ...ending(to, at), ...set, status: to })
    .set({ version: sql`version + 1`, event_seq: sql`event_seq + 1` })
    .where("id", "=", id)
    .where("status", "in", from);
  if (fence !== undefined) update = update.where("fence", "=", fence);
  const row = await update.returningAll().executeTakeFirst();
  if (!row) return undefined;
  if (to === "queued") await tx.enqueue({ id, runAt: row.run_at, priority: row.priority });
  await insertEvent(tx, row, fact, at);
  // Last, for everything that starts or ends in the account waits for this row.
  if (fence !== undefined) await decrementRunning(tx, row.account_id);
  return row;
}

function sources({ to, from, fence }: Transition): Status[] {
  const given: Status[] = fence === undefined ? (from ?? sourcesOf(to)) : ["running"];
  const wrong = given.find((status) => !transitions[status].includes(to));
  if (wrong) throw new Error(`A job that is ${wrong} does not become ${to}`);
  return given;
}

export interface EventRecord {
  id: string;
  fact: JobEventInput;
  at: number;
  fence?: number;
  /** Default: only a running job. */
  from?: Status[];
  /** Only where this has not been asked before. */
  first?: "cancel_requested_at" | "pause_requested_at";
  set?: Columns;
}

/** Adds a fact and columns without changing the status. */
export async function recordEvent(
  tx: WriteTransaction,
  change: EventRecord,
): Promise<JobRow | undefined> {
  let update = tx.db
    .updateTable("jobs")
    .set({ ...change.set, version: sql`version + 1`, event_seq: sql`event_seq + 1` })
    .where("id", "=", change.id)
    .where("status", "in", change.from ?? ["running"]);
  if (change.fence !== undefined) update = update.where("fence", "=", change.fence);
  if (change.first) update = update.where(change.first, "is", null);
  const row = await update.returningAll().executeTakeFirst();
  if (row) await insertEvent(tx, row, change.fact, change.at);
  return row;
}

/** The number comes from the locked row, so a reader never sees 8 before 7. */
export async function insertEvent(
  tx: WriteTransaction,
  row: JobRow,
  fact: JobEventInput,
  at: number,
): Promise<void> {
  await tx.db
    .insertInto("job_events")
    .values({
      job_id: row.id,
      seq: row.event_seq,
      type: fact.type,
      message: fact.message,
      details: fact.details ? JSON.stringify(fact.details) : null,
      created_at: at,
    })
    .execute();
  tx.notify(row.id);
  tx.emit(lifecycleEvent(fact.type, row));
}

function released(at: number): Columns {
  return {
    worker_id: null,
    released_at: at,
    deadline_at: null,
    eta_earliest: null,
    eta_latest: null,
    waiting_until: null,
    waiting_for: null,
    running_ms: sql`running_ms + ${at} - claimed_at`,
  };
}

function ending(to: Status, at: number): Columns {
  if (to === "paused") return { pause_requested_at: null };
  return isFinal(to) ? { finished_at: at, checkpoint: null, pause_requested_at: null } : {};
}

async function decrementRunning(tx: WriteTransaction, accountId: string): Promise<void> {
  await tx.db
    .updateTable("accounts")
    .set({ running_jobs: sql`running_jobs - 1` })
    .where("id", "=", accountId)
    .execute();
}

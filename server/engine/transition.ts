/** Changes a job's row together with an event: its status (`transition`), or other columns only. */
import { type RawBuilder, sql, type UpdateObject } from "kysely";
import type { WriteTransaction } from "../backend/backend.ts";
import type { JobRow, Schema } from "../backend/schema.ts";
import type { JobEvent } from "./job-event.ts";
import { lifecycleEvent } from "./job-lifecycle.ts";
import { countRunEnd } from "./schedules/count-failures.ts";
import { isFinal, type Status, sourcesOf, transitions } from "./status.ts";

type Columns = UpdateObject<Schema, "jobs">;

/** An event, or a function that makes it from the row after the change. */
type EventSource = JobEvent | ((row: JobRow) => JobEvent);

export interface Transition {
  id: string;
  to: Status;
  /** Null to write none. */
  event: EventSource | null;
  /** Ms since 1970. */
  at: number;
  /** Set at the end of a run: the row changes only while it is running with this fence. */
  fence?: number;
  /** Running time of that run, whole ms. Default: up to the last heartbeat of its worker. */
  ranMs?: number | undefined;
  /** Narrows the sources that the transition table allows. Ignored with a fence. */
  from?: Status[];
  set?: Columns;
}

/**
 * Changes a job's status by compare-and-set, together with its event, its account's counter and its
 * queue entry.
 * @returns the row after the change, or undefined if its status or fence was different
 * @throws Error if the transition table does not allow the change
 */
export async function transition(
  tx: WriteTransaction,
  change: Transition,
): Promise<JobRow | undefined> {
  const { id, to, event, at, fence, ranMs, set } = change;
  const from = sources(change);
  let update = tx.db
    .updateTable("jobs")
    .set({
      ...(fence === undefined ? {} : released(at, ranMs)),
      ...ending(to, at),
      ...set,
      status: to,
    })
    .set({ version: sql`version + 1`, event_seq: sql`event_seq + ${event ? 1 : 0}` })
    .where("id", "=", id)
    .where("status", "in", from);
  if (fence !== undefined) update = update.where("fence", "=", fence);
  const row = await update.returningAll().executeTakeFirst();
  if (!row) return undefined;
  if (to === "queued") await tx.enqueue({ id, runAt: row.run_at, priority: row.priority });
  if (event) await insertEvent(tx, row, event, at);
  else tx.notify(row.id);
  if (row.schedule_id !== null && isFinal(to)) await countRunEnd(tx, row, at);
  // Last, because all claims and ends of jobs in the account wait for the lock of this row.
  if (fence !== undefined) await decrementRunning(tx, row.account_id);
  return row;
}

function sources({ to, from, fence }: Transition): Status[] {
  const given: Status[] = fence === undefined ? (from ?? sourcesOf(to)) : ["running"];
  const wrong = given.find((status) => !transitions[status].includes(to));
  if (wrong) throw new Error(`A ${wrong} job cannot become ${to}`);
  return given;
}

export interface EventRecord {
  id: string;
  event: EventSource;
  /** Ms since 1970. */
  at: number;
  fence?: number;
  /** Default: only a running job. */
  from?: Status[];
  /** The row changes only while this column is null. */
  first?: "cancel_requested_at" | "pause_requested_at";
  set?: Columns;
}

/**
 * Records an event and sets columns without changing the status.
 * @returns the row after the change, or undefined if its status or fence was different
 */
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
  if (row) await insertEvent(tx, row, change.event, change.at);
  return row;
}

/** Takes the number of the event from the locked row, so that events become visible in their order. */
export async function insertEvent(
  tx: WriteTransaction,
  row: JobRow,
  source: EventSource,
  at: number,
): Promise<void> {
  const { type, details } = typeof source === "function" ? source(row) : source;
  await tx.db
    .insertInto("job_events")
    .values({
      job_id: row.id,
      seq: row.event_seq,
      type,
      details: details ? JSON.stringify(details) : null,
      created_at: at,
    })
    .execute();
  tx.notify(row.id);
  tx.emit(lifecycleEvent(type, row));
}

function released(at: number, ranMs: number | undefined): Columns {
  return {
    worker_id: null,
    released_at: at,
    deadline_at: null,
    room_requested_at: null,
    eta_earliest: null,
    eta_latest: null,
    waiting_until: null,
    waiting_for: null,
    running_ms: sql`running_ms + ${ranMs ?? msUntilLastHeartbeat(at)}`,
  };
}

/**
 * The running time of a run whose worker was lost. Nobody knows how long ago: machines sleep, and clocks
 * are set. A heartbeat and the claims of its worker are by the same clock (`redateClaims`), so that only
 * their difference counts. It is 0 for a worker that is not listed: rather too little than a timeout of
 * an innocent job.
 */
function msUntilLastHeartbeat(at: number): RawBuilder<number> {
  return sql`coalesce((select case when last_heartbeat_at <= claimed_at then 0
      when ${at} between claimed_at and last_heartbeat_at then ${at} - claimed_at
      else last_heartbeat_at - claimed_at end
    from workers where workers.id = jobs.worker_id), 0)`;
}

function ending(to: Status, at: number): Columns {
  if (to === "paused") return { pause_requested_at: null };
  if (!isFinal(to)) return {};
  const nothingWaits = { waiting_until: null, waiting_for: null };
  return { finished_at: at, checkpoint: null, pause_requested_at: null, ...nothingWaits };
}

async function decrementRunning(tx: WriteTransaction, accountId: string): Promise<void> {
  await tx.db
    .updateTable("accounts")
    .set({ running_jobs: sql`running_jobs - 1` })
    .where("id", "=", accountId)
    .execute();
}

/**
 * Reads a job in this transaction.
 * @throws if it does not exist
 */
export function currentJob(db: WriteTransaction["db"], id: string): Promise<JobRow> {
  return db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

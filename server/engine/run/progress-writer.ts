import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../../backend/backend.ts";
import { finalStatuses, type Status } from "../status.ts";
import type { LogLine } from "./log-buffer.ts";
import type { ProgressRow } from "./progress-state.ts";
import type { WriteProgress } from "./progress-tracker.ts";

/**
 * Writes the progress of all jobs of a runner in one statement. Leaves out jobs that another run has
 * claimed. `last_progress_at` changes only with the number of completed items.
 */
export function progressWriter(backend: Backend): WriteProgress {
  return (rows, logs) =>
    backend.write(
      async (tx) => {
        const written = rows.length > 0 ? await writeProgressRows(backend, tx, rows) : new Set();
        const lost = new Set(rows.flatMap(({ id }) => (written.has(id) ? [] : id)));
        for (const [id, { fence, isCleanup, lines }] of logs) {
          if (lost.has(id)) continue;
          const statuses = isCleanup ? finalStatuses : (["running"] as const);
          if (!(await writeLogLines(tx, { id, fence, statuses }, lines))) lost.add(id);
        }
        return lost;
      },
      { durable: false },
    );
}

/** @returns the ids of the jobs that this run still owns */
async function writeProgressRows(
  backend: Backend,
  tx: WriteTransaction,
  rows: ProgressRow[],
): Promise<ReadonlySet<string>> {
  const given = backend.relation(rows, {
    id: "text",
    fence: "integer",
    done: "integer",
    total: "integer",
    progress: "real",
    message: "text",
    at: "integer",
    etaEarliest: "integer",
    etaLatest: "integer",
    waitingUntil: "integer",
    waitingFor: "text",
    sampled: "integer",
  });
  const updated = await sql<{ id: string; event_seq: number }>`
    update jobs set step_done = given.done, step_total = given.total, progress = given.progress,
      message = given.message,
      last_progress_at = case when jobs.step_done = given.done then jobs.last_progress_at
        else given.at end,
      eta_earliest = given."etaEarliest", eta_latest = given."etaLatest",
      waiting_until = given."waitingUntil", waiting_for = given."waitingFor",
      version = version + 1, event_seq = event_seq + given.sampled
    from ${given} as given
    where jobs.id = given.id and jobs.fence = given.fence and jobs.status = 'running'
    returning jobs.id, jobs.event_seq`.execute(tx.db);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const events = updated.rows.flatMap(({ id, event_seq }) => {
    tx.notify(id);
    const row = byId.get(id)!;
    return row.sampled ? [progressEvent(row, event_seq)] : [];
  });
  const written = new Set(updated.rows.map(({ id }) => id));
  if (events.length === 0) return written;
  await sql`insert into job_events (job_id, seq, type, details, created_at)
    select job_id, seq, 'progress', details, created_at
    from ${backend.relation(events, {
      job_id: "text",
      seq: "integer",
      details: "text",
      created_at: "integer",
    })} as given`.execute(tx.db);
  return written;
}

function progressEvent(row: ProgressRow, seq: number) {
  const { done, total, progress } = row;
  const percent = progress === null ? null : Math.floor(progress * 100);
  return {
    job_id: row.id,
    seq,
    details: JSON.stringify({ done, total, progress_pct: percent, message: row.message }),
    created_at: row.at,
  };
}

/** @returns false if another run has claimed the job */
async function writeLogLines(
  tx: WriteTransaction,
  { id, fence, statuses }: { id: string; fence: number; statuses: readonly Status[] },
  lines: LogLine[],
): Promise<boolean> {
  const row = await tx.db
    .updateTable("jobs")
    .set({ log_seq: sql`log_seq + ${lines.length}`, version: sql`version + 1` })
    .where("id", "=", id)
    .where("fence", "=", fence)
    .where("status", "in", statuses)
    .returning("log_seq")
    .executeTakeFirst();
  if (!row) return false;
  const first = row.log_seq - lines.length + 1;
  await tx.db
    .insertInto("job_logs")
    .values(
      lines.map(({ level, message, at }, index) => ({
        job_id: id,
        seq: first + index,
        level,
        message,
        created_at: at,
      })),
    )
    .execute();
  tx.notify(id);
  return true;
}

/** Checkpointed batches: rows, cursor and counts commit in one fenced transaction, or not at all. */
import { setImmediate as turn } from "node:timers/promises";
import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import type { Batch, BatchOptions, Tally } from "../../job.ts";
import type { Rejections } from "./rejections.ts";
import { loseLease, type Run } from "./run.ts";

interface Checkpoint {
  step: number;
  cursor: unknown;
  done: number;
}

/**
 * Goes through the source behind the last cursor of this step, if an earlier run left one.
 * @throws Stopped between two batches when the run was asked to stop
 */
export async function runBatches<Item, Cursor>(
  run: Run,
  step: number,
  counts: Tally,
  rejects: Rejections,
  options: BatchOptions<Item, Cursor>,
): Promise<void> {
  const { signal } = run.abort;
  const last = readCheckpoint(run, step);
  let done = last?.done ?? 0;
  for await (const batch of options.from(last?.cursor as Cursor | undefined)) {
    signal.throwIfAborted();
    done = batch.done ?? done + batch.items.length;
    const checkpoint: Checkpoint = { step, cursor: batch.cursor, done };
    const tally = await commitBatch(run, batch, checkpoint, rejects, options);
    for (const name of ["succeeded", "rejected", "skipped"] as const) counts[name] += tally[name];
    run.progress.set(done, options.total ?? null, batch.message ?? null);
    // A database that answers at once never lets the process turn to what else waits: the wish to
    // stop, the supervisor's pings, the progress of this job and its neighbours.
    await turn();
    signal.throwIfAborted();
  }
}

function readCheckpoint(run: Run, step: number): Checkpoint | undefined {
  const kept: Checkpoint | null = JSON.parse(run.row.checkpoint ?? "null");
  return kept?.step === step ? kept : undefined;
}

async function commitBatch<Item, Cursor>(
  run: Run,
  batch: Batch<Item, Cursor>,
  checkpoint: Checkpoint,
  rejects: Rejections,
  { write: writeItems }: BatchOptions<Item, Cursor>,
): Promise<Tally> {
  const tally = await run.backend.write(async (tx) => {
    // First of all the fence: it locks the row, so nobody takes the job over in between.
    await saveCheckpoint(run, tx, checkpoint);
    const wrote = await writeItems?.(batch.items, tx);
    const rejected = rejects.take();
    const tally = {
      succeeded: wrote?.succeeded ?? 0,
      rejected: (wrote?.rejected ?? 0) + rejected.count,
      skipped: wrote?.skipped ?? 0,
    };
    await rejected.write(tx, run.row.id);
    await addCounts(run, tx, tally);
    tx.notify(run.row.id);
    return tally;
  });
  run.row.checkpoint = JSON.stringify(checkpoint);
  return tally;
}

/** Reaching a checkpoint shows that the job gets on, so its rescues start from nothing again. */
async function saveCheckpoint(
  run: Run,
  { db }: WriteTransaction,
  checkpoint: Checkpoint,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("jobs")
    .set({
      checkpoint: JSON.stringify(checkpoint),
      step_done: checkpoint.done,
      last_progress_at: run.backend.now(),
      rescues: 0,
      version: sql`version + 1`,
    })
    .where("id", "=", run.row.id)
    .where("fence", "=", run.row.fence)
    .where("status", "=", "running")
    .executeTakeFirst();
  if (numUpdatedRows === 0n) loseLease(run);
}

async function addCounts(run: Run, { db }: WriteTransaction, tally: Tally): Promise<void> {
  if (tally.succeeded + tally.rejected + tally.skipped === 0) return;
  await db
    .updateTable("jobs")
    .set({
      succeeded: sql`succeeded + ${tally.succeeded}`,
      rejected: sql`rejected + ${tally.rejected}`,
      skipped: sql`skipped + ${tally.skipped}`,
    })
    .where("id", "=", run.row.id)
    .execute();
}

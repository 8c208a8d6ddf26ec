/** Batches with checkpoints: rows, cursor and counts of a batch commit in one fenced transaction. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import type { Batch, BatchOptions, Tally } from "../../job.ts";
import { KindError } from "../kind-error.ts";
import type { Rejections } from "./rejections.ts";
import { loseLease, makeRoomIfRequested, type Run, renewRetries } from "./run.ts";

interface Checkpoint {
  step: number;
  cursor: unknown;
  done: number;
}

/**
 * Processes the batches of a step, beginning after the cursor that an earlier run saved.
 * @param counts the counts of the job, which each batch increases
 * @param work called before a batch commits. A run that is asked to stop meanwhile still commits it
 * @throws Stopped between two batches if the run was asked to stop or to make room
 */
export async function runBatches<Item, Cursor>(
  run: Run,
  step: number,
  counts: Tally,
  rejections: Rejections,
  options: BatchOptions<Item, Cursor>,
  work?: (items: Item[]) => Promise<void>,
): Promise<void> {
  const { signal } = run.abort;
  const last = readCheckpoint(run, step);
  let done = last?.done ?? 0;
  for await (const batch of options.from(last?.cursor as Cursor | undefined)) {
    signal.throwIfAborted();
    if (batch.cursor === undefined) {
      throw new KindError(
        "A batch has no cursor. Yield { items, cursor }, from which a later run can continue",
      );
    }
    await work?.(batch.items);
    done = batch.done ?? done + batch.items.length;
    const checkpoint: Checkpoint = { step, cursor: batch.cursor, done };
    const tally = await commitBatch(run, batch, checkpoint, rejections, options);
    for (const name of ["succeeded", "rejected", "skipped"] as const) counts[name] += tally[name];
    run.room?.onBatch();
    run.progress.set(done, options.total ?? null, batch.message ?? null);
    // SQLite answers without a turn of the event loop. Messages of the supervisor, timers and the
    // progress of all jobs need one.
    await nextTurn();
    signal.throwIfAborted();
    makeRoomIfRequested(run);
  }
}

function readCheckpoint(run: Run, step: number): Checkpoint | undefined {
  const saved: Checkpoint | null = JSON.parse(run.row.checkpoint ?? "null");
  return saved?.step === step ? saved : undefined;
}

async function commitBatch<Item, Cursor>(
  run: Run,
  batch: Batch<Item, Cursor>,
  checkpoint: Checkpoint,
  rejections: Rejections,
  { write: writeItems }: BatchOptions<Item, Cursor>,
): Promise<Tally> {
  const output = await run.output.prepareCheckpoint();
  const commit = async (tx: WriteTransaction) => {
    // First, because it checks the fence and locks the row, so that no other run takes over the job.
    await saveCheckpoint(run, tx, checkpoint);
    const written = await writeItems?.(batch.items, tx);
    const rejected = rejections.take();
    const tally = {
      succeeded: written?.succeeded ?? 0,
      rejected: (written?.rejected ?? 0) + rejected.count,
      skipped: written?.skipped ?? 0,
    };
    await rejected.write(tx, run.row.id);
    await addCounts(run, tx, tally);
    await output?.keep(tx);
    tx.notify(run.row.id);
    return tally;
  };
  // A power cut ends this run too. The next one then continues after the last batch on the disk.
  const tally = await run.backend.write(commit, { durable: "unless_process_ends" });
  output?.onCommit();
  run.row.checkpoint = JSON.stringify(checkpoint);
  renewRetries(run);
  run.sleeps.clear();
  return tally;
}

/** Resets the number of rescues too, because the job makes progress. */
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
      ...(run.sleeps.recorded ? { sleep: null } : {}),
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

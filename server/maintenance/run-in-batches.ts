/** Runs long work on the database in short transactions, so that it delays no other reader or writer. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend, WriteTransaction } from "../backend/backend.ts";

/** Rows per batch. */
const batchSize = { min: 10, initial: 50, max: 500 };
/** Target duration of a batch without its commit. The size of the next batch follows from the last one. */
const targetMs = 4;
const pauseMs = 20;

/**
 * Repeats the batch, each time in a new transaction, until it affects fewer rows than `max`.
 * @param batch affects up to `max` rows and returns their number
 */
export async function runInBatches(
  backend: Pick<Backend, "write">,
  signal: AbortSignal,
  batch: (tx: WriteTransaction, max: number) => Promise<number>,
): Promise<void> {
  let max = batchSize.initial;
  while (!signal.aborted) {
    let elapsedMs = 0;
    const affected = await backend.write(async (tx) => {
      const startedAt = performance.now();
      const count = await batch(tx, max);
      elapsedMs = performance.now() - startedAt;
      return count;
    });
    if (affected < max) return;
    max = Math.min(
      batchSize.max,
      Math.max(batchSize.min, Math.floor((max * targetMs) / elapsedMs)),
    );
    await sleep(pauseMs);
  }
}

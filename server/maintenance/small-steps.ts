/** Long work on the database in steps so short that nobody who reads or writes notices them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend, WriteTransaction } from "../backend/backend.ts";

/** Rows of one step at least and at most. */
const rows = { least: 10, first: 50, most: 500 };
/** A step that takes longer than this is followed by a smaller one; a commit takes its time besides. */
const stepMs = 4;
const pauseMs = 20;

/**
 * Repeats the step, each time in a transaction of its own, until it has less to do than it may.
 * @param step does at most `most` rows, and tells how many it did
 */
export async function inSmallSteps(
  backend: Pick<Backend, "write">,
  signal: AbortSignal,
  step: (tx: WriteTransaction, most: number) => Promise<number>,
): Promise<void> {
  let most = rows.first;
  while (!signal.aborted) {
    let tookMs = 0;
    const done = await backend.write(async (tx) => {
      const startedAt = performance.now();
      const count = await step(tx, most);
      tookMs = performance.now() - startedAt;
      return count;
    });
    if (done < most) return;
    most = Math.min(rows.most, Math.max(rows.least, Math.floor((most * stepMs) / tookMs)));
    await sleep(pauseMs);
  }
}

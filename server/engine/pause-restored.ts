/** Pauses the unfinished jobs of a restored backup: what they did since the backup may not happen twice. */
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { transition } from "./transition.ts";

/** Jobs that are changed in one transaction. */
const maxAtOnce = 200;

/**
 * Jobs that a person had paused stay as they are. No worker may run.
 * @param backupAt ms since 1970
 * @returns the number of jobs that it paused
 */
export async function pauseRestoredJobs(backend: Backend, backupAt: number): Promise<number> {
  let paused = 0;
  for (;;) {
    const jobs = await backend.db
      .selectFrom("jobs")
      .selectAll()
      .where("finished_at", "is", null)
      .where("status", "in", ["queued", "running"])
      .limit(maxAtOnce)
      .execute();
    if (jobs.length === 0) return paused;
    await backend.write(async (tx) => {
      for (const job of jobs) await pauseRestored(tx, job, backupAt, backend.now());
    });
    paused += jobs.length;
  }
}

async function pauseRestored(
  tx: WriteTransaction,
  { id, status, fence }: JobRow,
  backupAt: number,
  at: number,
): Promise<void> {
  const isRunning = status === "running";
  await transition(tx, {
    ...{ id, to: "paused", at },
    ...(isRunning ? { fence } : { from: ["queued"] }),
    set: {
      reason: "restored",
      released_at: backupAt,
      // The time since the backup is no running time.
      ...(isRunning && { running_ms: sql`running_ms + ${backupAt} - claimed_at` }),
      // A person who asked for a cancel can ask again.
      cancel_requested_at: null,
    },
    event: { type: "restored", details: { backup_at: backupAt } },
  });
}

import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import { recordAudit, type Via } from "../audit.ts";
import { currentJob } from "../current-job.ts";
import { recordEvent } from "../transition.ts";

/**
 * A job that waits for its time need not wait any longer. One that is due already, runs, stands or
 * has ended stays as it is.
 * @returns the job as it is now
 */
export async function startNow(
  backend: Backend,
  id: string,
  by: string,
  via: Via = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const before = await currentJob(tx.db, id);
    if (before.run_at <= at) return before;
    const job = await recordEvent(tx, {
      ...{ id, at, from: ["queued"], set: { run_at: at } },
      fact: { type: "brought_forward", message: "Started ahead of schedule", details: { by } },
    });
    // It stands or was cancelled.
    if (!job) return currentJob(tx.db, id);
    await tx.enqueue({ id, runAt: at, priority: job.priority });
    await recordAudit(tx.db, { jobId: id, userId: by, via, action: "started_now", at });
    return job;
  });
}

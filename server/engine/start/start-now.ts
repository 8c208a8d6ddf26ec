import type { Backend } from "../../backend/backend.ts";
import type { AuditSource } from "../../backend/enums.ts";
import type { JobRow } from "../../backend/schema.ts";
import { recordAudit } from "../audit.ts";
import { currentJob, recordEvent } from "../transition.ts";

/**
 * Makes a scheduled job due now. A job that is due, runs, sleeps, is paused or ended stays as it is.
 * @param by the user's id
 * @returns the job after the change
 */
export async function startNow(
  { backend }: { backend: Backend },
  id: string,
  by: string,
  via: AuditSource = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const before = await currentJob(tx.db, id);
    if (before.run_at <= at || before.reason === "sleeping") return before;
    const job = await recordEvent(tx, {
      ...{ id, at, from: ["queued"], set: { run_at: at } },
      event: { type: "brought_forward", details: { by } },
    });
    if (!job) return currentJob(tx.db, id);
    await tx.enqueue({ id, runAt: at, priority: job.priority });
    await recordAudit(tx.db, { jobId: id, userId: by, via, action: "started_now", at });
    return job;
  });
}

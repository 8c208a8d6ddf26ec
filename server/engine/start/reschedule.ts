import type { Backend } from "../../backend/backend.ts";
import type { AuditSource } from "../../backend/enums.ts";
import type { JobRow } from "../../backend/schema.ts";
import { ActionRefused } from "../action-refused.ts";
import { recordAudit } from "../audit.ts";
import { currentJob, recordEvent } from "../transition.ts";
import { isReschedulable } from "./reschedulable.ts";

/**
 * Moves a job that has not started to another time. A paused one starts no earlier once it is resumed.
 * @param runAt ms since 1970; a time that has passed means now
 * @param by the user's id
 * @returns the job after the change
 * @throws ActionRefused `started` if the job has started or ended
 */
export async function reschedule(
  { backend }: { backend: Backend },
  id: string,
  runAt: number,
  by: string,
  via: AuditSource = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const before = await currentJob(tx.db, id);
    if (!isReschedulable(before)) throw new ActionRefused("started");
    const run_at = Math.max(at, runAt);
    const details = { by, run_at: new Date(run_at).toISOString() };
    const job = await recordEvent(tx, {
      ...{ id, at, from: ["queued", "paused"], set: { run_at }, fence: before.fence },
      event: { type: "rescheduled", details },
    });
    // A worker has claimed it meanwhile.
    if (!job) throw new ActionRefused("started");
    if (job.status === "queued") await tx.enqueue({ id, runAt: run_at, priority: job.priority });
    await recordAudit(tx.db, { jobId: id, userId: by, via, action: "rescheduled", at });
    return job;
  });
}

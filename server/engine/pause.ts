import { sql } from "kysely";
import type { Backend } from "../backend/backend.ts";
import type { AuditSource } from "../backend/enums.ts";
import type { JobRow } from "../backend/schema.ts";
import { recordAudit } from "./audit.ts";
import type { QueuedReason } from "./job-reason.ts";
import {
  currentJob,
  type EventRecord,
  recordEvent,
  type Transition,
  transition,
} from "./transition.ts";

/**
 * Pauses a queued job at once and asks a running one to stop after the current batch. In any other
 * status nothing changes.
 * @param by the user's id
 * @returns the job after the change
 */
export async function pause(
  { backend }: { backend: Backend },
  id: string,
  by: string,
  via: AuditSource = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const waiting: Transition = {
      ...{ id, to: "paused", from: ["queued"], at, set: { reason: null } },
      event: { type: "paused", details: { by } },
    };
    const running: EventRecord = {
      ...{ id, at, set: { pause_requested_at: at }, first: "pause_requested_at" },
      event: { type: "pause_requested", details: { by } },
    };
    // Repeats if neither statement matches: the job may start or be released between the two.
    for (;;) {
      const before = await currentJob(tx.db, id);
      const active = before.status === "queued" || before.status === "running";
      if (!active || before.pause_requested_at || before.cancel_requested_at) return before;
      const changed = (await transition(tx, waiting)) ?? (await recordEvent(tx, running));
      if (!changed) continue;
      await recordAudit(tx.db, { jobId: id, userId: by, via, action: "paused", at });
      return changed;
    }
  });
}

/**
 * Queues a paused job, which then continues after its last checkpoint. A scheduled or sleeping job still
 * waits for its time. In any other status nothing changes.
 * @param by the user's id
 * @returns the job after the change
 */
export async function resume(
  { backend }: { backend: Backend },
  id: string,
  by: string,
  via: AuditSource = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const resumed = await transition(tx, {
      ...{ id, to: "queued", from: ["paused"], at },
      set: {
        run_at: sql`case when run_at > ${at} then run_at else ${at} end`,
        // A job that was paused in its sleep sleeps on.
        reason: sql<QueuedReason>`case when sleep is not null and run_at > ${at} then 'sleeping' else 'resumed' end`,
      },
      event: { type: "resumed", details: { by } },
    });
    if (!resumed) return currentJob(tx.db, id);
    await recordAudit(tx.db, { jobId: id, userId: by, via, action: "resumed", at });
    return resumed;
  });
}

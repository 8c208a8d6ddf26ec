import { sql } from "kysely";
import type { Backend } from "../backend/backend.ts";
import type { AuditSource } from "../backend/enums.ts";
import type { JobRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { ActionRefused } from "./action-refused.ts";
import { recordAudit } from "./audit.ts";
import type { CancelReason } from "./job-reason.ts";
import { isFinal } from "./status.ts";
import {
  currentJob,
  type EventRecord,
  recordEvent,
  type Transition,
  transition,
} from "./transition.ts";

/**
 * Cancels a waiting job at once and asks a running one to stop. The row lock orders a cancel and an
 * end of the run that happen at the same time. A second cancel, or one after the end, does nothing.
 * @param by the user's id
 * @returns the job after the change
 * @throws ActionRefused for an active job whose kind is not cancellable
 */
export async function cancel(
  { backend, catalog }: { backend: Backend; catalog: Pick<Catalog, "get"> },
  id: string,
  by: string,
  via: AuditSource = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const set = { cancel_requested_at: at };
    const waiting: Transition = {
      ...{ id, to: "cancelled", from: ["queued", "paused"], at },
      set: { ...set, reason: reasonWhileWaiting, error: null },
      event: ({ reason, succeeded, step_done: done, step_total: total }) => ({
        type: "cancelled",
        details: { reason: reason as CancelReason, by, outcome: null, succeeded, done, total },
      }),
    };
    const running: EventRecord = {
      ...{ id, at, set, first: "cancel_requested_at" },
      event: { type: "cancel_requested", details: { by } },
    };
    // Repeats if neither statement matches: the job may start or be released between the two.
    for (;;) {
      const row = await currentJob(tx.db, id);
      if (isFinal(row.status) || row.cancel_requested_at) return row;
      if (catalog.get(row.kind)?.cancellable === false) throw new ActionRefused("not_cancellable");
      const changed = (await transition(tx, waiting)) ?? (await recordEvent(tx, running));
      if (!changed) continue;
      await recordAudit(tx.db, { jobId: id, userId: by, via, action: "cancelled", at });
      return changed;
    }
  });
}

const reasonWhileWaiting = sql<CancelReason>`case when fence = 0 then 'before_start'
  when status = 'paused' then 'while_paused' when reason = 'retry' then 'before_retry'
  when reason = 'sleeping' then 'while_sleeping' else 'while_queued' end`;

import { sql } from "kysely";
import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { recordAudit, type Via } from "./audit.ts";
import { currentJob } from "./current-job.ts";
import { isFinal } from "./status.ts";
import { type EventRecord, recordEvent, type Transition, transition } from "./transition.ts";

/**
 * A waiting job is cancelled at once; a running one is asked to stop. The row lock decides between
 * a cancel and an end that come together. Asking twice, or after the end, changes nothing.
 * @returns the job as it is now
 */
export async function cancel(
  backend: Backend,
  id: string,
  by: string,
  via: Via = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const set = { cancel_requested_at: at };
    const outcome = sql<string>`case when fence = 0 then 'Cancelled before it started'
      else 'Cancelled while ' || status || case when succeeded > 0
        then '. Finished work was kept.' else '' end end`;
    const waiting: Transition = {
      ...{ id, to: "cancelled", from: ["queued", "paused"], at, set: { ...set, outcome } },
      fact: { type: "cancelled", message: "Cancelled", details: { by } },
    };
    const asked: EventRecord = {
      ...{ id, at, set, first: "cancel_requested_at" },
      fact: { type: "cancel_requested", message: "Cancel requested", details: { by } },
    };
    // Between two statements a job may begin to run or be handed back: then the other one holds.
    for (;;) {
      const changed = (await transition(tx, waiting)) ?? (await recordEvent(tx, asked));
      if (changed) {
        await recordAudit(tx.db, { jobId: id, userId: by, via, action: "cancelled", at });
        return changed;
      }
      const row = await currentJob(tx.db, id);
      if (isFinal(row.status) || row.cancel_requested_at) return row;
    }
  });
}

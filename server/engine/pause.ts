import { sql } from "kysely";
import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { recordAudit, type Via } from "./audit.ts";
import { currentJob } from "./current-job.ts";
import { type EventRecord, recordEvent, type Transition, transition } from "./transition.ts";

/** A waiting job stands at once; a running one stops behind the batch in hand. */
export async function pause(
  backend: Backend,
  id: string,
  by: string,
  via: Via = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const waiting: Transition = {
      ...{ id, to: "paused", from: ["queued"], at, set: { reason: null } },
      fact: { type: "paused", message: "Paused", details: { by } },
    };
    const asked: EventRecord = {
      ...{ id, at, set: { pause_requested_at: at }, first: "pause_requested_at" },
      fact: { type: "pause_requested", message: "Pause requested", details: { by } },
    };
    // As with a cancel, the job may begin to run or be handed back between two statements.
    for (;;) {
      const before = await currentJob(tx.db, id);
      const active = before.status === "queued" || before.status === "running";
      if (!active || before.pause_requested_at || before.cancel_requested_at) return before;
      const changed = (await transition(tx, waiting)) ?? (await recordEvent(tx, asked));
      if (changed) {
        await recordAudit(tx.db, { jobId: id, userId: by, via, action: "paused", at });
        return changed;
      }
    }
  });
}

/**
 * A paused job goes on behind its last checkpoint, one whose time has not come waits for it; in any
 * other status nothing changes.
 */
export async function resume(
  backend: Backend,
  id: string,
  by: string,
  via: Via = "page",
): Promise<JobRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const fact = { type: "resumed", message: "Resumed", details: { by } };
    const resumed = await transition(tx, {
      id,
      to: "queued",
      from: ["paused"],
      at,
      set: { run_at: sql`case when run_at > ${at} then run_at else ${at} end`, reason: "resumed" },
      fact,
    });
    if (!resumed) return currentJob(tx.db, id);
    await recordAudit(tx.db, { jobId: id, userId: by, via, action: "resumed", at });
    return resumed;
  });
}

import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { record, transition } from "./transition.ts";

/**
 * A waiting job is cancelled at once; a running one is asked to stop. The row lock decides between
 * a cancel and an end that come together. Asking twice, or after the end, changes nothing.
 * @returns the job as it is now
 */
export async function cancel(backend: Backend, id: string, by: string): Promise<JobRow> {
  return backend.write(async (write) => {
    const at = backend.now();
    const requested = { cancel_requested_at: at };
    const cancelled = await transition(write, {
      id,
      to: "cancelled",
      from: ["pending", "paused"],
      at,
      set: requested,
      fact: { type: "cancelled", message: "Cancelled before it went on", details: { by } },
    });
    if (cancelled) return cancelled;
    const row = await current(write.db, id);
    if (row.status !== "running" || row.cancel_requested_at) return row;
    const fact = { type: "cancel_requested", message: "Cancel requested", details: { by } };
    return (await record(write, { id, at, set: requested, fact })) ?? current(write.db, id);
  });
}

async function current(db: Backend["db"], id: string): Promise<JobRow> {
  return db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { record, transition } from "./transition.ts";

/** A waiting job stands at once; a running one stops behind the batch in hand. */
export async function pause(backend: Backend, id: string, by: string): Promise<JobRow> {
  return backend.write(async (write) => {
    const at = backend.now();
    const paused = await transition(write, {
      id,
      to: "paused",
      from: ["pending"],
      at,
      set: { reason: null },
      fact: { type: "paused", message: "Paused before it went on", details: { by } },
    });
    if (paused) return paused;
    const row = await read(write.db, id);
    if (row.status !== "running" || row.pause_requested_at || row.cancel_requested_at) return row;
    const fact = { type: "pause_requested", message: "Pause requested", details: { by } };
    const set = { pause_requested_at: at };
    return (await record(write, { id, at, set, fact })) ?? read(write.db, id);
  });
}

/** A paused job goes on behind its last checkpoint; one that was only asked to pause just goes on. */
export async function resume(backend: Backend, id: string, by: string): Promise<JobRow> {
  return backend.write(async (write) => {
    const at = backend.now();
    const fact = { type: "resumed", message: "Resumed", details: { by } };
    const resumed = await transition(write, {
      id,
      to: "pending",
      from: ["paused"],
      at,
      set: { run_at: at, reason: "resumed" },
      fact,
    });
    if (resumed) return resumed;
    return read(write.db, id);
  });
}

async function read(db: Backend["db"], id: string): Promise<JobRow> {
  return db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

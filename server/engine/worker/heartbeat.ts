/** A worker's row: it says each second that its process lives, whatever the number of jobs. */
import { hostname } from "node:os";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";

/** @returns the id under which this worker claims */
export async function registerWorker(backend: Backend, queueId: string | null): Promise<string> {
  const id = uuidv7();
  const at = backend.now();
  await backend.db
    .insertInto("workers")
    .values({
      id,
      host: hostname(),
      pid: process.pid,
      last_heartbeat_at: at,
      started_at: at,
      queue_worker_id: queueId,
    })
    .execute();
  return id;
}

/** What the beat brings home about the jobs that this worker runs. */
export type RunningJob = Pick<
  JobRow,
  "id" | "fence" | "cancel_requested_at" | "pause_requested_at" | "deadline_at"
>;

/** @returns this worker's running jobs, or undefined where it was declared lost */
export async function sendHeartbeat(
  backend: Backend,
  id: string,
  queueId: string | null,
): Promise<RunningJob[] | undefined> {
  const { numUpdatedRows } = await backend.db
    .updateTable("workers")
    .set({
      heartbeat_count: sql`heartbeat_count + 1`,
      last_heartbeat_at: backend.now(),
      queue_worker_id: queueId,
    })
    .where("id", "=", id)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return undefined;
  return backend.db
    .selectFrom("jobs")
    .select(["id", "fence", "cancel_requested_at", "pause_requested_at", "deadline_at"])
    .where("worker_id", "=", id)
    .where("status", "=", "running")
    .execute();
}

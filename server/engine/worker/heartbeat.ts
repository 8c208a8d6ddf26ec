/** The row of a worker: its counter grows every second while the process is alive. */
import { hostname } from "node:os";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import { type MisdatedJob, redateClaims } from "./redate-claims.ts";

export const heartbeatIntervalMs = 1_000;

export interface Heartbeat {
  /** The id under which this worker claims. */
  readonly workerId: string;
  /** Time since the last heartbeat that the database answered, ms. */
  readonly silentMs: number;
  /**
   * Sends a heartbeat. Earlier ones need not be answered yet: their connections may have been lost
   * silently. Registers again if this worker was declared lost.
   */
  send(): Promise<void>;
  /**
   * Registers this worker again under a new id, unless that was done since. Calls at the same time
   * share one registration.
   * @param lostId the id that was declared lost
   */
  renew(lostId: string): Promise<void>;
}

/** Registers this worker. */
export async function createHeartbeat(options: {
  backend: Backend;
  /** The id under which the queue locks entries for this worker; called once `send` is. */
  queueWorkerId: () => string | null;
  /** Number of jobs that this worker runs at once. */
  concurrency: number;
  onRegister: (workerId: string) => void;
  /** Called in the transaction of each heartbeat. @returns the jobs whose claims it has to redate */
  findMisdated: FindMisdated;
  /** Called with the running jobs of this worker in the database. */
  onAnswer: (jobs: RunningJob[]) => void;
  /** Called when this worker was declared lost. @returns whether to register again */
  onLost: (workerId: string) => boolean;
}): Promise<Heartbeat> {
  const { backend, queueWorkerId, concurrency, findMisdated } = options;
  const { onRegister, onAnswer, onLost } = options;
  let sent = 0;
  let lastAnswered = 0;
  let answeredAt = performance.now();
  let workerId = await registerWorker(backend, null, concurrency);
  let renewing: Promise<void> | undefined;
  onRegister(workerId);

  async function renew(lostId: string): Promise<void> {
    if (lostId !== workerId) return;
    renewing ??= registerAgain().finally(() => {
      renewing = undefined;
    });
    await renewing;
  }

  async function registerAgain(): Promise<void> {
    if (!onLost(workerId)) return;
    // Ignores the answers to heartbeats that were sent under the old id.
    lastAnswered = Number.POSITIVE_INFINITY;
    try {
      workerId = await registerWorker(backend, queueWorkerId(), concurrency);
      onRegister(workerId);
    } finally {
      lastAnswered = sent + 1;
    }
  }

  return {
    get workerId() {
      return workerId;
    },
    get silentMs() {
      return performance.now() - answeredAt;
    },
    async send() {
      const number = ++sent;
      const id = workerId;
      const jobs = await sendHeartbeat(backend, id, queueWorkerId(), findMisdated);
      if (number < lastAnswered) return;
      lastAnswered = number;
      answeredAt = performance.now();
      if (jobs) onAnswer(jobs);
      else await renew(id);
    },
    renew,
  };
}

/**
 * @param queueWorkerId the id under which the queue locks entries for the worker
 * @param concurrency number of jobs that it runs at once, if it is to count as slots
 * @returns the id of the new worker
 */
export async function registerWorker(
  backend: Backend,
  queueWorkerId: string | null,
  concurrency: number | null = null,
): Promise<string> {
  const id = uuidv7();
  const at = backend.now();
  const row = {
    ...{ id, host: hostname(), pid: process.pid, concurrency },
    ...{ last_heartbeat_at: at, started_at: at, queue_worker_id: queueWorkerId },
  };
  await backend.write(({ db }) => db.insertInto("workers").values(row).execute());
  return id;
}

const runningJobColumns = [
  "id",
  "fence",
  "claimed_at",
  "cancel_requested_at",
  "pause_requested_at",
  "room_requested_at",
] as const satisfies readonly (keyof JobRow)[];

/** The columns of a running job that a heartbeat reads. */
export type RunningJob = Pick<JobRow, (typeof runningJobColumns)[number]>;

/**
 * @param clockOffset ms from the clock of `performance.now()` to that of the database
 * @returns the jobs whose time of claim is not by that clock
 */
type FindMisdated = (jobs: readonly RunningJob[], clockOffset: number) => MisdatedJob[];

/** @returns the worker's running jobs, or undefined if it was declared lost */
export async function sendHeartbeat(
  backend: Backend,
  workerId: string,
  queueWorkerId: string | null,
  findMisdated: FindMisdated = () => [],
): Promise<RunningJob[] | undefined> {
  // A single statement would block this process while others write to a SQLite file.
  return backend.write(
    async (tx) => {
      const at = backend.now();
      const clockOffset = at - performance.now();
      const { numUpdatedRows } = await tx.db
        .updateTable("workers")
        .set({
          heartbeat_count: sql`heartbeat_count + 1`,
          last_heartbeat_at: at,
          queue_worker_id: queueWorkerId,
        })
        .where("id", "=", workerId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return undefined;
      const jobs = await tx.db
        .selectFrom("jobs")
        .select(runningJobColumns)
        .where("worker_id", "=", workerId)
        .where("status", "=", "running")
        .execute();
      await redateClaims(tx, findMisdated(jobs, clockOffset));
      return jobs;
    },
    { durable: false },
  );
}

/** The jobs that run or are cleaned up in one worker, and the requests to stop them. */
import type { JobRow } from "../../backend/schema.ts";
import type { StopReason } from "../run/run.ts";
import type { RunningJob } from "./heartbeat.ts";
import type { RunnerPool } from "./runner-pool.ts";

/** A job that was asked to stop has this long before its process is killed. */
const stopGraceMs = 5_000;

export interface LocalJob {
  row: JobRow;
  /** `at` is on the clock of `performance.now()`. */
  requestedStop?: { reason: StopReason; at: number };
  /** The `room_requested_at` that was passed on. */
  roomRequestedAt?: number | null;
  /** Consecutive heartbeats in which the database did not list the job. */
  missedHeartbeats: number;
  /** For an ended job, the time by which its cleanup has to end, on the clock of `performance.now()`. */
  cleanupDeadline: number | undefined;
  /** Resolves when the job is removed. */
  gone: PromiseWithResolvers<void>;
}

export interface LocalJobs {
  has(id: string): boolean;
  /** Resolves when no run of the job is here. */
  gone(id: string): Promise<void>;
  /** @param cleanupMs for an ended job, the time that its cleanup may take */
  add(row: JobRow, cleanupMs?: number): LocalJob;
  remove(id: string): void;
  /** Asks all jobs to stop. A job that was asked before keeps its first reason. */
  stopAll(reason: StopReason): void;
  /**
   * Passes requests and deadlines from the database on to the jobs.
   * @returns running jobs of this worker that have not been here for two heartbeats
   */
  reconcile(listed: readonly RunningJob[], now: number): RunningJob[];
  /** Asks cleanups past their deadline to stop, and kills jobs that did not stop within the grace. */
  enforceDeadlines(): void;
  killAll(): void;
}

export function createLocalJobs(
  pool: Pick<RunnerPool, "stop" | "kill" | "requestRoom">,
): LocalJobs {
  const jobs = new Map<string, LocalJob>();
  let missingBefore = new Set<string>();

  function stop(job: LocalJob, reason: StopReason): void {
    if (job.requestedStop) return;
    job.requestedStop = { reason, at: performance.now() };
    pool.stop(job.row.id, reason);
  }

  /** Passes each request on once. */
  function passRoomRequest(job: LocalJob, requestedAt: number | null): void {
    if (requestedAt === null || requestedAt === job.roomRequestedAt) return;
    job.roomRequestedAt = requestedAt;
    pool.requestRoom(job.row.id);
  }

  return {
    has: (id) => jobs.has(id),
    gone: async (id) => jobs.get(id)?.gone.promise,
    add(row, cleanupMs) {
      const cleanupDeadline = cleanupMs === undefined ? undefined : performance.now() + cleanupMs;
      const gone = Promise.withResolvers<void>();
      const job: LocalJob = { row, missedHeartbeats: 0, cleanupDeadline, gone };
      jobs.set(row.id, job);
      return job;
    },
    remove(id) {
      jobs.get(id)?.gone.resolve();
      jobs.delete(id);
    },
    stopAll(reason) {
      for (const job of jobs.values()) stop(job, reason);
    },
    reconcile(listed, now) {
      const listedById = new Map(listed.map((each) => [each.id, each]));
      for (const job of jobs.values()) {
        if (job.cleanupDeadline !== undefined) continue;
        const current = listedById.get(job.row.id);
        const isOurs = current?.fence === job.row.fence;
        job.missedHeartbeats = isOurs ? 0 : job.missedHeartbeats + 1;
        const reason = isOurs ? stopReasonOf(current, now) : lostReasonOf(job);
        if (reason) stop(job, reason);
        else if (isOurs) passRoomRequest(job, current.room_requested_at);
      }
      // One heartbeat may fall between a claim and the arrival of the job here, but not two.
      const missing = listed.filter(({ id }) => !jobs.has(id));
      const unknown = missing.filter(({ id }) => missingBefore.has(id));
      missingBefore = new Set(missing.map(({ id }) => id));
      return unknown;
    },
    enforceDeadlines() {
      const at = performance.now();
      for (const job of jobs.values()) {
        const { row, cleanupDeadline } = job;
        if (cleanupDeadline !== undefined && at > cleanupDeadline) stop(job, "deadline");
        const { requestedStop } = job;
        if (!requestedStop || requestedStop.reason === "shutdown") continue;
        if (at - requestedStop.at > stopGraceMs) pool.kill(row.id);
      }
    },
    killAll() {
      for (const id of jobs.keys()) pool.kill(id);
    },
  };
}

function stopReasonOf(job: RunningJob, now: number): StopReason | undefined {
  if (job.cancel_requested_at) return "cancel";
  if (job.pause_requested_at) return "pause";
  return job.deadline_at !== null && job.deadline_at <= now ? "deadline" : undefined;
}

function lostReasonOf({ missedHeartbeats }: LocalJob): StopReason | undefined {
  return missedHeartbeats > 1 ? "lost" : undefined;
}

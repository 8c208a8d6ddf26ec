/** The jobs that run or are cleaned up in one worker, and the requests to stop them. */
import type { JobRow } from "../../backend/schema.ts";
import type { StopReason } from "../run/run.ts";
import type { RunningJob } from "./heartbeat.ts";
import type { MisdatedJob } from "./redate-claims.ts";
import type { RunnerPool } from "./runner-pool.ts";

/** A job that was asked to stop has this long before its process is killed. */
const stopGraceMs = 5_000;
/** A claim may take this long on its way here without a jump of the clock. */
const maxClaimErrorMs = 2_000;

/** All times are on the clock of `performance.now()`, which nobody can set. */
export interface LocalJob {
  row: JobRow;
  requestedStop?: { reason: StopReason; at: number };
  /** The `room_requested_at` that was passed on. */
  roomRequestedAt?: number | null;
  /** Consecutive heartbeats in which the database did not list the job. */
  missedHeartbeats: number;
  startedAt: number;
  /** Time by which the run, or the cleanup of an ended job, has to end. */
  deadline: number;
  /** The time by which the deadline of the run was postponed. */
  idleMs: number;
  isCleanup: boolean;
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
  /** Postpones the deadline of a run, which sleeps for so many ms. */
  postponeDeadline(id: string, ms: number): void;
  /** Asks all jobs to stop. A job that was asked before keeps its first reason. */
  stopAll(reason: StopReason): void;
  /**
   * Passes requests from the database on to the jobs.
   * @returns running jobs of this worker that have not been here for two heartbeats
   */
  reconcile(listed: readonly RunningJob[]): RunningJob[];
  /**
   * Finds jobs whose time of claim does not fit their running time here, because the database's
   * clock jumped: it was set, or its machine slept.
   * @param clockOffset ms from the clock of `performance.now()` to that of the database
   */
  findMisdated(listed: readonly RunningJob[], clockOffset: number): MisdatedJob[];
  /** Asks jobs past their deadline to stop, and kills those that did not stop within the grace. */
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
      const startedAt = performance.now();
      const job: LocalJob = {
        ...{ row, startedAt, missedHeartbeats: 0, idleMs: 0 },
        deadline: startedAt + (cleanupMs ?? remainingMs(row)),
        isCleanup: cleanupMs !== undefined,
        gone: Promise.withResolvers<void>(),
      };
      jobs.set(row.id, job);
      return job;
    },
    remove(id) {
      jobs.get(id)?.gone.resolve();
      jobs.delete(id);
    },
    postponeDeadline(id, ms) {
      const job = jobs.get(id);
      if (!job || job.isCleanup) return;
      job.deadline += ms;
      job.idleMs += ms;
    },
    stopAll(reason) {
      for (const job of jobs.values()) stop(job, reason);
    },
    reconcile(listed) {
      const listedById = new Map(listed.map((each) => [each.id, each]));
      for (const job of jobs.values()) {
        if (job.isCleanup) continue;
        const current = listedById.get(job.row.id);
        const isOurs = current?.fence === job.row.fence;
        job.missedHeartbeats = isOurs ? 0 : job.missedHeartbeats + 1;
        const reason = isOurs ? stopReasonOf(current) : lostReasonOf(job);
        if (reason) stop(job, reason);
        else if (isOurs) passRoomRequest(job, current.room_requested_at);
      }
      // One heartbeat may fall between a claim and the arrival of the job here, but not two.
      const missing = listed.filter(({ id }) => !jobs.has(id));
      const unknown = missing.filter(({ id }) => missingBefore.has(id));
      missingBefore = new Set(missing.map(({ id }) => id));
      return unknown;
    },
    findMisdated(listed, clockOffset) {
      return listed.flatMap(({ id, fence, claimed_at }) => {
        const job = jobs.get(id);
        if (!job || job.isCleanup || job.row.fence !== fence) return [];
        const claimedAt = Math.round(job.startedAt + clockOffset);
        return Math.abs(claimedAt - claimed_at!) > maxClaimErrorMs
          ? [{ id, fence, claimedAt }]
          : [];
      });
    },
    enforceDeadlines() {
      const at = performance.now();
      for (const job of jobs.values()) {
        if (at > job.deadline) stop(job, "deadline");
        const { requestedStop } = job;
        if (!requestedStop || requestedStop.reason === "shutdown") continue;
        if (at - requestedStop.at > stopGraceMs) pool.kill(job.row.id);
      }
    },
    killAll() {
      for (const id of jobs.keys()) pool.kill(id);
    },
  };
}

/** The time that the claim left to the run. Its two columns are by the same reading of the clock. */
function remainingMs({ deadline_at, claimed_at }: JobRow): number {
  return deadline_at! - claimed_at!;
}

function stopReasonOf(job: RunningJob): StopReason | undefined {
  if (job.cancel_requested_at) return "cancel";
  return job.pause_requested_at ? "pause" : undefined;
}

function lostReasonOf({ missedHeartbeats }: LocalJob): StopReason | undefined {
  return missedHeartbeats > 1 ? "lost" : undefined;
}

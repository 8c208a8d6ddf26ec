/** The jobs in one worker, and what people, clocks and shutdowns ask of them. */
import type { JobRow } from "../../backend/schema.ts";
import type { StopReason } from "../run/run.ts";
import type { RunningJob } from "./heartbeat.ts";
import type { RunnerPool } from "./runner-pool.ts";

/** What a job gets for ending by itself once it was asked to. */
const graceMs = 5_000;

/** A job here, and since when it has been asked to stop. */
export interface LocalJob {
  row: JobRow;
  requestedStop?: { why: StopReason; at: number };
  /** Beats in a row in which the database did not list it. */
  missedBeats: number;
  /** The job has ended and is cleaned up behind, until then at most; on this process's own clock. */
  cleaningUntil: number | undefined;
  /** Resolved when it has left. */
  gone: PromiseWithResolvers<void>;
}

export interface LocalJobs {
  has(id: string): boolean;
  /** Resolves when no run of this job is here: one that was given up may take until it is killed. */
  gone(id: string): Promise<void>;
  /** @param cleaningMs for what has ended: what cleaning up behind it may take */
  add(row: JobRow, cleaningMs?: number): LocalJob;
  remove(id: string): void;
  /** The first reason to stop stands. */
  stopAll(why: StopReason): void;
  /** Passes on what the database says of them. @returns jobs listed as ours that are not here */
  reconcile(watched: readonly RunningJob[], now: number): RunningJob[];
  /**
   * Asks those that clean up for too long to stop, and kills the process of each that was asked and
   * did not within the grace.
   */
  enforceDeadlines(): void;
  killAll(): void;
}

export function createLocalJobs(pool: Pick<RunnerPool, "stop" | "kill">): LocalJobs {
  const local = new Map<string, LocalJob>();
  let missingBefore = new Set<string>();

  function stop(mine: LocalJob, why: StopReason): void {
    if (mine.requestedStop) return;
    mine.requestedStop = { why, at: performance.now() };
    pool.stop(mine.row.id, why);
  }

  function requestedStopOf(job: RunningJob, now: number): StopReason | undefined {
    if (job.cancel_requested_at) return "cancel";
    if (job.pause_requested_at) return "pause";
    return job.deadline_at !== null && job.deadline_at <= now ? "deadline" : undefined;
  }

  return {
    has: (id) => local.has(id),
    gone: async (id) => local.get(id)?.gone.promise,
    add(row, cleaningMs) {
      const cleaningUntil = cleaningMs === undefined ? undefined : performance.now() + cleaningMs;
      const mine: LocalJob = { row, missedBeats: 0, cleaningUntil, gone: Promise.withResolvers() };
      local.set(row.id, mine);
      return mine;
    },
    remove(id) {
      local.get(id)?.gone.resolve();
      local.delete(id);
    },
    stopAll(why) {
      for (const mine of local.values()) stop(mine, why);
    },
    reconcile(watched, now) {
      const listed = new Map(watched.map((job) => [job.id, job]));
      for (const mine of local.values()) {
        if (mine.cleaningUntil !== undefined) continue;
        const job = listed.get(mine.row.id);
        const ours = job?.fence === mine.row.fence;
        mine.missedBeats = ours ? 0 : mine.missedBeats + 1;
        const why = ours ? requestedStopOf(job, now) : mine.missedBeats > 1 ? "lost" : undefined;
        if (why) stop(mine, why);
      }
      // One beat may pass between a claim and its arrival here, two do not.
      const missing = watched.filter(({ id }) => !local.has(id));
      const strangers = missing.filter(({ id }) => missingBefore.has(id));
      missingBefore = new Set(missing.map(({ id }) => id));
      return strangers;
    },
    enforceDeadlines() {
      const at = performance.now();
      for (const mine of local.values()) {
        if (mine.cleaningUntil !== undefined && at > mine.cleaningUntil) stop(mine, "deadline");
        const { row, requestedStop: asked } = mine;
        if (asked && asked.why !== "shutdown" && at - asked.at > graceMs) pool.kill(row.id);
      }
    },
    killAll() {
      for (const id of local.keys()) pool.kill(id);
    },
  };
}

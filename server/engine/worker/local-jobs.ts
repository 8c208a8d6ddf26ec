/** The jobs in one worker, and what people, clocks and shutdowns ask of them. */
import type { JobRow } from "../../backend/schema.ts";
import type { StopReason } from "../run/run.ts";
import type { RunnerPool } from "./runner-pool.ts";
import type { Watched } from "./worker-beat.ts";

/** What a job gets for ending by itself once it was asked to. */
const graceMs = 5_000;

/** A job here, and since when it has been asked to stop. */
export interface Local {
  row: JobRow;
  asked?: { why: StopReason; at: number };
  /** Beats in a row in which the database did not list it. */
  unlisted: number;
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
  add(row: JobRow, cleaningMs?: number): Local;
  remove(id: string): void;
  /** The first reason to stop stands. */
  askAll(why: StopReason): void;
  /** Passes on what the database says of them. @returns jobs listed as ours that are not here */
  look(watched: readonly Watched[], now: number): Watched[];
  /**
   * Asks those that clean up for too long to stop, and kills the process of each that was asked and
   * did not within the grace.
   */
  enforce(): void;
  killAll(): void;
}

export function createLocalJobs(pool: Pick<RunnerPool, "stop" | "kill">): LocalJobs {
  const local = new Map<string, Local>();
  let missed = new Set<string>();

  function ask(mine: Local, why: StopReason): void {
    if (mine.asked) return;
    mine.asked = { why, at: performance.now() };
    pool.stop(mine.row.id, why);
  }

  function wished(job: Watched, now: number): StopReason | undefined {
    if (job.cancel_requested_at) return "cancel";
    if (job.pause_requested_at) return "pause";
    return job.deadline_at !== null && job.deadline_at <= now ? "deadline" : undefined;
  }

  return {
    has: (id) => local.has(id),
    gone: async (id) => local.get(id)?.gone.promise,
    add(row, cleaningMs) {
      const cleaningUntil = cleaningMs === undefined ? undefined : performance.now() + cleaningMs;
      const mine: Local = { row, unlisted: 0, cleaningUntil, gone: Promise.withResolvers() };
      local.set(row.id, mine);
      return mine;
    },
    remove(id) {
      local.get(id)?.gone.resolve();
      local.delete(id);
    },
    askAll(why) {
      for (const mine of local.values()) ask(mine, why);
    },
    look(watched, now) {
      const listed = new Map(watched.map((job) => [job.id, job]));
      for (const mine of local.values()) {
        if (mine.cleaningUntil !== undefined) continue;
        const job = listed.get(mine.row.id);
        const ours = job?.fence === mine.row.fence;
        mine.unlisted = ours ? 0 : mine.unlisted + 1;
        const why = ours ? wished(job, now) : mine.unlisted > 1 ? "lost" : undefined;
        if (why) ask(mine, why);
      }
      // One beat may pass between a claim and its arrival here, two do not.
      const missing = watched.filter(({ id }) => !local.has(id));
      const strangers = missing.filter(({ id }) => missed.has(id));
      missed = new Set(missing.map(({ id }) => id));
      return strangers;
    },
    enforce() {
      const at = performance.now();
      for (const mine of local.values()) {
        if (mine.cleaningUntil !== undefined && at > mine.cleaningUntil) ask(mine, "deadline");
        const { row, asked } = mine;
        if (asked && asked.why !== "shutdown" && at - asked.at > graceMs) pool.kill(row.id);
      }
    },
    killAll() {
      for (const id of local.keys()) pool.kill(id);
    },
  };
}

/** The ways in which a run ends. Each holds only while the run still has its fence. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { type Kind, type Outcome, Refused } from "../job.ts";
import { formatDuration } from "../text/durations.ts";
import { parseDuration } from "./parse-duration.ts";
import { sanitizeText } from "./sanitize-text.ts";
import { defaultRetryAfter } from "./start/insert-job.ts";
import { isFinal } from "./status.ts";
import { isTransientError } from "./transient-error.ts";
import { type Transition, transition } from "./transition.ts";

/** A claim: the row of a job and the fence it was claimed with. */
export type Claimed = Pick<JobRow, "id" | "fence">;

/** Rescues without a checkpoint in between, after which a job runs alone, or is given up. */
export const rescueLimits = { isolate: 2, max: 3 };

type Finish = Omit<Transition, "id" | "fence" | "at">;

/** A database that is away for a moment costs no run its end; what stays away is left to the sweep. */
const retryDelaysMs = [100, 300, 600, 1_000, 2_000];

/** @returns the job as it is now, or undefined where the fence had moved on */
async function finish(backend: Backend, { id, fence }: Claimed, change: Finish) {
  for (const waitMs of retryDelaysMs) {
    try {
      return await write();
    } catch (error) {
      if (!isTransientError(error)) throw error;
      await sleep(waitMs);
    }
  }
  return write();

  function write() {
    return backend.write(async (tx) => {
      const at = backend.now();
      const row = await transition(tx, { id, fence, at, ...change });
      return row && applyPendingRequest(tx, row, at);
    });
  }
}

/** What a person asked of a run while it ended another way is done now: it needs no run for it. */
async function applyPendingRequest(
  tx: WriteTransaction,
  row: JobRow,
  at: number,
): Promise<JobRow | undefined> {
  const { id, status } = row;
  if (isFinal(status)) return row;
  if (row.cancel_requested_at) {
    const outcome = `Cancelled.${row.succeeded > 0 ? " Finished work was kept." : ""}`;
    const set = { reason: null, outcome };
    const fact = { type: "cancelled", message: outcome };
    return transition(tx, { id, to: "cancelled", from: [status], at, set, fact });
  }
  if (status === "paused" || !row.pause_requested_at) return row;
  const fact = { type: "paused", message: "Paused" };
  return transition(tx, { id, to: "paused", from: [status], at, set: { reason: null }, fact });
}

/** @param left.tidy where nothing is to be cleaned up behind it */
export function finishDone(
  backend: Backend,
  job: Claimed,
  outcome: Outcome,
  left: { tidy: boolean } = { tidy: false },
) {
  const message = sanitizeText(outcome.message);
  return finish(backend, job, {
    to: "done",
    set: {
      outcome: message,
      result_page: outcome.page ?? null,
      progress: 1,
      message: null,
      reason: null,
      ...(left.tidy ? { cleanup_due_at: null } : {}),
    },
    fact: { type: "done", message },
  });
}

/** Tries again where that is worth it and a try is left, else fails for good. */
export async function failOrRetry(backend: Backend, job: JobRow, kind: Kind, error: unknown) {
  const message = messageOf(error);
  const waits = kind.retryAfter ?? defaultRetryAfter;
  const wait = waits[job.retries];
  const again = !(error instanceof Refused) && (kind.retryOn ?? isTransientError)(error);
  if (!again || wait === undefined) return fail(backend, job, error);
  const retry = job.retries + 1;
  const waitMs = parseDuration(wait);
  return finish(backend, job, {
    to: "queued",
    set: {
      retries: retry,
      run_at: backend.now() + waitMs,
      reason: "retry",
      error: message,
      // The wait is known; the rest is as it was.
      eta_earliest: sql`eta_earliest + ${waitMs}`,
      eta_latest: sql`eta_latest + ${waitMs}`,
    },
    fact: {
      type: "retry_scheduled",
      message: `Retry ${retry} of ${waits.length} in ${inWords(waitMs)}: ${message}`,
      details: { retry, of: waits.length, wait_ms: waitMs, error: message },
    },
  });
}

function inWords(waitMs: number): string {
  return waitMs < 1_000 ? `${waitMs} ms` : formatDuration(waitMs);
}

/** What the kind threw may quote anything that it read. */
function messageOf(error: unknown): string {
  return sanitizeText(error instanceof Error ? error.message : String(error));
}

export function fail(backend: Backend, job: Claimed, error: unknown) {
  const message = messageOf(error);
  const advice = error instanceof Refused ? (error.advice ?? null) : null;
  const reason = error instanceof Refused ? "refused" : "error";
  return finish(backend, job, {
    to: "failed",
    set: { reason, error: message, advice },
    fact: { type: "failed", message, details: { reason } },
  });
}

export function finishCancelled(backend: Backend, job: Claimed, message: string) {
  return finish(backend, job, {
    to: "cancelled",
    set: { reason: null, outcome: message },
    fact: { type: "cancelled", message },
  });
}

export function finishPaused(backend: Backend, job: Claimed) {
  return finish(backend, job, {
    to: "paused",
    set: { reason: null },
    fact: { type: "paused", message: "Paused" },
  });
}

/** Its running time is used up. */
export function failWithTimeout(backend: Backend, job: Claimed, allowedMs: number) {
  const message = `Timed out after ${formatDuration(allowedMs)}`;
  return finish(backend, job, {
    to: "failed",
    set: { reason: "timeout", error: message, advice: "Try again with less input." },
    fact: { type: "failed", message, details: { reason: "timeout" } },
  });
}

/** A shutdown or a neighbour's end: no retry and no rescue is counted, and it goes to the front. */
export function release(backend: Backend, job: Claimed, reason: "interrupted" | "rescued") {
  return finish(backend, job, {
    to: "queued",
    set: { reason },
    fact: { type: "interrupted", message: "Interrupted. Resumes from the last checkpoint." },
  });
}

/** The worker or runner is gone. What the person had asked for meanwhile is done. */
export async function rescue(backend: Backend, job: JobRow) {
  if (job.cancel_requested_at)
    return finishCancelled(backend, job, "Cancelled. The worker was lost.");
  if (job.pause_requested_at) return finishPaused(backend, job);
  const count = job.rescues + 1;
  if (count < rescueLimits.max) {
    return finish(backend, job, {
      to: "queued",
      set: { reason: "rescued", rescues: count },
      fact: {
        type: "rescued",
        message: "Resuming after a lost worker",
        details: { rescue: count },
      },
    });
  }
  const message = `Stopped after ${rescueLimits.max} crashes at the same place`;
  return finish(backend, job, {
    to: "failed",
    set: { reason: "worker_lost", rescues: count, error: message },
    fact: { type: "failed", message, details: { reason: "worker_lost" } },
  });
}

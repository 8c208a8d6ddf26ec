/** The ways in which a run ends. Each takes effect only while the run still has its fence. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import { type Kind, Refused } from "../job.ts";
import { databaseErrorText, isOutage } from "./database-error.ts";
import { describeError } from "./describe-error.ts";
import type { CancelReason } from "./job-reason.ts";
import { maxRetries, retryWait } from "./retry-policy.ts";
import type { RecordedSleep } from "./run/sleep-record.ts";
import { sanitizeText, shortenText } from "./sanitize-text.ts";
import { isFinal } from "./status.ts";
import { isTransientError } from "./transient-error.ts";
import { type Transition, transition } from "./transition.ts";

/** A claim: a job's id and the fence that it was claimed with. The rest counts if the job goes on later. */
export interface Claimed extends Pick<JobRow, "id" | "fence"> {
  /** The number of retries to save. */
  retries?: number;
  /** The time that the run slept, by which later runs may take longer. */
  idleMs?: number;
  /** The time that the run took, whole ms by a clock that nobody can set. Default: see `Transition`. */
  ranMs?: number;
}

/**
 * Number of crashes of its runner without a new checkpoint after which a job fails. In the first one
 * it may have shared the runner with the job that crashed it; in all later ones it was alone.
 */
export const maxCrashes = 4;

/** Whether a job may crash its runner, and therefore gets one of its own. */
export function isSuspected({ rescues }: Pick<JobRow, "rescues">): boolean {
  return rescues > 0;
}

/** A job that lost the database waits this long, so that it does not claim in a busy loop. */
const outageWaitMs = 2_000;

/** The time that an update of all processes may take. */
const updateMs = 600_000;
/** A job whose kind this worker does not know waits this long for another worker. */
const unknownKindWaitMs = 10_000;

type Finish = Omit<Transition, "id" | "fence" | "ranMs" | "at">;

/**
 * Waits before each attempt to write the end of a run, so that a short outage of the database loses
 * none. After the last one the sweep finds the job.
 */
const retryDelaysMs = [100, 300, 600, 1_000, 2_000];

/**
 * @param also writes in the same transaction
 * @returns the job after the change, or undefined if another run has claimed it
 */
export async function finish(
  backend: Backend,
  job: Claimed,
  change: Finish,
  also?: (tx: WriteTransaction) => Promise<void>,
) {
  const { id, fence, ranMs } = job;
  const set = { ...(isFinal(change.to) ? {} : keptColumns(job)), ...change.set };
  for (const delayMs of retryDelaysMs) {
    try {
      return await write();
    } catch (error) {
      if (!isTransientError(error)) throw error;
      await sleep(delayMs);
    }
  }
  return write();

  function write() {
    return backend.write(async (tx) => {
      const at = backend.now();
      const row = await transition(tx, { id, fence, ranMs, at, ...change, set });
      if (row) await also?.(tx);
      return row && applyPendingRequest(tx, row, at);
    });
  }
}

function keptColumns({ retries, idleMs }: Claimed) {
  return {
    ...(retries === undefined ? {} : { retries }),
    ...(idleMs ? { timeout_ms: sql<number>`timeout_ms + ${idleMs}` } : {}),
  };
}

/** Cancels or pauses a job whose run ended otherwise before it saw the request. */
async function applyPendingRequest(
  tx: WriteTransaction,
  row: JobRow,
  at: number,
): Promise<JobRow | undefined> {
  const { id, status } = row;
  if (isFinal(status)) return row;
  if (row.cancel_requested_at) {
    return transition(tx, { ...cancelledBy("while_running"), id, from: [status], at });
  }
  if (status === "paused" || !row.pause_requested_at) return row;
  const event = { type: "paused", details: null } as const;
  return transition(tx, { id, to: "paused", from: [status], at, set: { reason: null }, event });
}

/** The outcome of a run that succeeded. */
export interface FinalOutcome {
  message: string;
  page?: string | undefined;
  /** JSON. */
  data?: string | undefined;
}

/**
 * Ends a run that succeeded.
 * @param options.needsCleanup false where the job left nothing to clean up
 */
export function finishDone(
  backend: Backend,
  job: Claimed,
  { message, page, data }: FinalOutcome,
  { needsCleanup }: { needsCleanup: boolean } = { needsCleanup: true },
) {
  const outcome = sanitizeText(message);
  const change: Finish = {
    to: "done",
    set: {
      outcome,
      result_page: page ?? null,
      progress: 1,
      message: null,
      reason: null,
      // The events keep the errors of earlier tries.
      error: null,
      ...(needsCleanup ? {} : { cleanup_due_at: null }),
    },
    event: { type: "done", details: { outcome } },
  };
  return finish(backend, job, change, async ({ db }) => {
    if (data === undefined) return;
    const result = { job_id: job.id, data };
    const insert = db.insertInto("job_results").values(result);
    // A job that was restored from a backup runs to its end again.
    await insert.onConflict((c) => c.column("job_id").doUpdateSet({ data })).execute();
  });
}

/**
 * Schedules a retry, or fails the job if none is left or the error will not pass. An outage of the
 * database says nothing about the job, and uses up none of its retries; nor does a wait that a service
 * asked for.
 * @param job with the sleep that its next run is to go on with
 * @param place the file and line of the kind, to show behind the error
 */
export async function failOrRetry(
  backend: Backend,
  job: Claimed & Pick<JobRow, "retries"> & { recorded?: RecordedSleep | undefined },
  kind: Kind,
  thrown: unknown,
  place?: string,
) {
  if (isOutage(thrown)) {
    const set = { run_at: backend.now() + outageWaitMs };
    return release(backend, job, "interrupted", set);
  }
  const { retries, recorded } = job;
  const wait = retryWait(kind, { retries, requestedMs: recorded?.requestedMs ?? 0 }, thrown);
  if (wait === undefined) return fail(backend, job, thrown, place);
  const { ms: waitMs, requestedMs } = wait;
  if (requestedMs !== undefined) {
    return sleepUntil(backend, job, {
      ...{ until: backend.now() + waitMs, waitMs },
      waitingFor: errorText(thrown, undefined),
      recorded: { ...recorded, requestedMs },
      delayMs: waitMs,
    });
  }
  const error = errorText(thrown, place);
  const retry = retries + 1;
  return finish(backend, job, {
    to: "queued",
    set: {
      retries: retry,
      run_at: backend.now() + waitMs,
      reason: "retry",
      error,
      // The wait is known, so it postpones the estimated end.
      eta_earliest: sql`eta_earliest + ${waitMs}`,
      eta_latest: sql`eta_latest + ${waitMs}`,
    },
    event: {
      type: "retry_scheduled",
      details: { retry, of: maxRetries(kind), wait_ms: waitMs, error },
    },
  });
}

/**
 * Ends a run until a time at which the job is due again. It takes no slot meanwhile.
 * @param sleep.recorded what the next run goes on with
 * @param sleep.delayMs by how much the job ends later than was estimated: 0 for a wait that was announced
 */
export function sleepUntil(
  backend: Backend,
  job: Claimed,
  sleep: {
    until: number;
    waitMs: number;
    waitingFor: string | null;
    recorded: RecordedSleep;
    delayMs: number;
  },
): Promise<JobRow | undefined> {
  const { until, waitMs, recorded, delayMs } = sleep;
  const waitingFor = sleep.waitingFor === null ? null : shortenText(sleep.waitingFor);
  return finish(backend, job, {
    to: "queued",
    set: {
      reason: "sleeping",
      run_at: until,
      sleep: JSON.stringify(recorded),
      waiting_until: until,
      waiting_for: waitingFor,
      eta_earliest: sql<number>`eta_earliest + ${delayMs}`,
      eta_latest: sql<number>`eta_latest + ${delayMs}`,
    },
    event: { type: "sleeping", details: { wait_ms: waitMs, reason: waitingFor } },
  });
}

/**
 * A kind's error may quote any text of its input. The texts of the database and its driver are for the
 * log alone.
 */
function errorText(thrown: unknown, place: string | undefined): string {
  const text = databaseErrorText(thrown) ?? sanitizeText(describeError(thrown));
  return place === undefined ? text : `${text} (${place})`;
}

/** Fails a job with the error that its kind threw. */
export function fail(backend: Backend, job: Claimed, thrown: unknown, place?: string) {
  const error = errorText(thrown, place);
  const advice = thrown instanceof Refused ? (thrown.advice ?? null) : null;
  const reason = thrown instanceof Refused ? "refused" : "error";
  return finish(backend, job, {
    to: "failed",
    set: { reason, error, advice },
    event: { type: "failed", details: { reason, error } },
  });
}

/** Fails a job that used up its running time. */
export function failWithTimeout(backend: Backend, job: Claimed, allowedMs: number) {
  return finish(backend, job, {
    to: "failed",
    set: { reason: "timeout", error: null },
    event: { type: "failed", details: { reason: "timeout", allowed_ms: allowedMs } },
  });
}

/**
 * Fails a job whose kind was removed from `jobs/`. A new job goes back to the queue instead: while an
 * update goes on, a web process of the newer version may have started a kind that only its workers know.
 */
export function failUnknownKind(
  backend: Backend,
  job: Claimed & Pick<JobRow, "created_at" | "reason">,
) {
  const at = backend.now();
  if (at - job.created_at < updateMs) {
    const isRepeated = job.reason === "unknown_kind";
    return finish(backend, job, {
      to: "queued",
      set: { reason: "unknown_kind", run_at: at + unknownKindWaitMs },
      event: isRepeated ? null : { type: "interrupted", details: null },
    });
  }
  return finish(backend, job, {
    to: "failed",
    set: { reason: "unknown_kind", error: null },
    event: { type: "failed", details: { reason: "unknown_kind" } },
  });
}

/** @param outcome a sentence from the kind about the results that remain, or null */
export function finishCancelled(
  backend: Backend,
  job: Claimed,
  reason: CancelReason,
  outcome: string | null = null,
) {
  return finish(backend, job, cancelledBy(reason, outcome && sanitizeText(outcome)));
}

function cancelledBy(reason: CancelReason, outcome: string | null = null) {
  return {
    to: "cancelled",
    set: { reason, outcome, error: null },
    event: ({ succeeded, step_done: done, step_total: total }: JobRow) => ({
      type: "cancelled",
      details: { reason, outcome, succeeded, done, total },
    }),
  } as const satisfies Finish;
}

export function finishPaused(backend: Backend, job: Claimed) {
  return finish(backend, job, {
    to: "paused",
    set: { reason: null },
    event: { type: "paused", details: null },
  });
}

/**
 * Gives a running job back to the front of the queue. Counts neither as a retry nor as a crash.
 * @param set other columns to change
 */
export function release(
  backend: Backend,
  job: Claimed,
  reason: "interrupted" | "rescued",
  set: { run_at?: number } = {},
) {
  return finish(backend, job, {
    to: "queued",
    set: { reason, ...set },
    event: { type: "interrupted", details: null },
  });
}

/**
 * Queues a job again whose worker was lost, or cancels or pauses it if that was requested. Counts
 * nothing: a worker in a crash loop says nothing about the jobs that it claimed.
 */
export function rescue(backend: Backend, job: JobRow & Claimed) {
  if (job.cancel_requested_at) return finishCancelled(backend, job, "worker_lost");
  if (job.pause_requested_at) return finishPaused(backend, job);
  return finish(backend, job, {
    to: "queued",
    set: { reason: "rescued" },
    event: { type: "rescued", details: { rescue: job.rescues } },
  });
}

/**
 * Ends a run whose runner crashed while its worker lived: queues the job again, as a suspect, or
 * fails it after `maxCrashes` without a checkpoint in between.
 */
export function rescueAfterCrash(backend: Backend, job: JobRow & Claimed) {
  if (job.cancel_requested_at || job.pause_requested_at) return rescue(backend, job);
  const rescues = job.rescues + 1;
  if (rescues < maxCrashes) {
    return finish(backend, job, {
      to: "queued",
      set: { reason: "rescued", rescues },
      event: { type: "rescued", details: { rescue: rescues } },
    });
  }
  return finish(backend, job, {
    to: "failed",
    set: { reason: "worker_lost", rescues, error: null },
    event: { type: "failed", details: { reason: "worker_lost", rescues } },
  });
}

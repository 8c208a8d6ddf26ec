/** Runs one claimed job in this process, to whatever end it comes. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { JobContext, Kind, Outcome } from "../../job.ts";
import type { Log } from "../../log.ts";
import type { Storage } from "../../storage/storage.ts";
import { createEstimator } from "../eta/estimator.ts";
import { loadHistory } from "../eta/load-history.ts";
import {
  failOrRetry,
  failUnknownKind,
  failWithTimeout,
  finishCancelled,
  finishDone,
  finishPaused,
  release,
} from "../finish.ts";
import type { RecordMetric } from "../job-lifecycle.ts";
import { isFinal } from "../status.ts";
import type { Task } from "../worker/runner-messages.ts";
import { hasCleanup, removeLeftovers, runCleanup } from "./cleanup.ts";
import { createJobContext } from "./job-context.ts";
import type { JobProgress, ProgressTracker } from "./progress-tracker.ts";
import { type PolicyFor, type Run, Stopped } from "./run.ts";
import { trackWrites } from "./track-writes.ts";

export interface Executor {
  backend: Backend;
  storage: Storage;
  catalog: Catalog;
  tracker: ProgressTracker;
  log: Log;
  observe: RecordMetric;
  policyFor: PolicyFor;
}

/**
 * Does the task, whose signal is that of `abort`.
 * @param row the job as it was claimed, or as it ended
 * @returns the job where this run of it was its last
 */
export async function execute(
  executor: Executor,
  row: JobRow,
  abort: AbortController,
  task: Task = "run",
): Promise<JobRow | undefined> {
  const kind = executor.catalog.get(row.kind);
  if (task === "run") {
    const ended = await runJob(executor, row, kind, abort);
    return ended && isFinal(ended.status) ? ended : undefined;
  }
  if (task === "discard" || !kind || !hasCleanup(kind, row)) {
    await removeLeftovers(executor, row.id);
  } else await cleanUp(executor, row, kind, abort);
  return undefined;
}

/** Nothing that it tells is kept any more: the job has ended. */
async function cleanUp(executor: Executor, row: JobRow, kind: Kind, abort: AbortController) {
  const { backend, tracker, log } = executor;
  const progress = tracker.track(row.id, row.fence, createEstimator([]));
  progress.stop();
  const run: Run = { row, kind, abort, progress, ...executor };
  const done = await runCleanup(run, await createJobContext(run), log);
  if (done) return removeLeftovers(executor, row.id);
  await backend.db
    .updateTable("jobs")
    .set({ cleanup_due_at: backend.now() })
    .where("id", "=", row.id)
    .execute();
}

/** @returns the job as it is now, or undefined where the run had lost it */
async function runJob(
  executor: Executor,
  row: JobRow,
  kind: Kind | undefined,
  abort: AbortController,
): Promise<JobRow | undefined> {
  const { backend, tracker, log, observe } = executor;
  if (!kind) return failUnknownKind(backend, row);
  const lose = () => abort.abort(new Stopped("lost"));
  const estimator = createEstimator(Object.values(kind.steps));
  const progress = tracker.track(row.id, row.fence, estimator, lose, row.log_seq);
  const watched = trackWrites(executor.storage);
  const run: Run = { row, kind, abort, progress, ...executor, storage: watched.storage };
  // Nobody knows here what an earlier run left.
  const needsCleanup = () => row.fence > 1 || watched.written;
  const cancelHistory = loadHistory(run, estimator);
  try {
    const job = await createJobContext(run);
    const ended = await runToEnd(run, job, log, needsCleanup);
    if (!ended) observe({ type: "lease_lost", job: row.id, kind: row.kind, fence: row.fence });
    return ended;
  } finally {
    cancelHistory();
    progress.stop();
  }
}

/** @returns the job as it is now, or undefined where the run had lost it */
async function runToEnd(
  run: Run,
  job: JobContext,
  log: Log,
  needsCleanup: () => boolean,
): Promise<JobRow | undefined> {
  const { row, kind, backend, progress } = run;
  let outcome: Outcome;
  try {
    outcome = checkOutcome(await kind.run(job, JSON.parse(row.input)));
  } catch (error) {
    await flushProgress(progress);
    return finishAfterError(error, run, job, log);
  }
  await flushProgress(progress);
  // Where this cannot be written, the kind has not failed: the sweep finds the job and runs it on.
  return finishDone(backend, row, outcome, { needsCleanup: needsCleanup() });
}

/** Behind it nothing more is told of this run; what cannot be written yet waits beside its end. */
async function flushProgress(progress: JobProgress): Promise<void> {
  await progress.flush().then(progress.stop, () => {});
}

/** A kind is not always checked for its types before it runs. */
function checkOutcome(outcome: Outcome): Outcome {
  if (typeof outcome?.message === "string") return outcome;
  throw new TypeError("A kind's run returns { message }, a sentence about how it ended");
}

async function finishAfterError(error: unknown, run: Run, job: JobContext, log: Log) {
  const { row, kind, backend } = run;
  switch (stopReasonOf(error, run.abort.signal)) {
    case "lost":
      return undefined;
    case "pause":
      return finishPaused(backend, row);
    case "shutdown":
      return release(backend, row, "interrupted");
    case "cancel":
      return finishCancelled(backend, row, "while_running", kind.cancelledMessage?.(job));
    case "deadline":
      return failWithTimeout(backend, row, row.timeout_ms);
    default:
      log.warn({ job: row.id, kind: row.kind, fence: row.fence, err: error }, "run failed");
      return failOrRetry(backend, row, kind, error);
  }
}

/** An error that comes after the signal fired is taken as the kind's way of stopping. */
function stopReasonOf(error: unknown, signal: AbortSignal) {
  if (error instanceof Stopped) return error.reason;
  return signal.aborted && signal.reason instanceof Stopped ? signal.reason.reason : undefined;
}

/** Runs one claimed job in this process, to whatever end it comes. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { type JobContext, type Kind, type Outcome, Refused } from "../../job.ts";
import type { Log } from "../../log.ts";
import type { Storage } from "../../storage/storage.ts";
import { formatCount } from "../../text/counts.ts";
import { createEstimator } from "../eta/estimator.ts";
import { recallLater } from "../eta/recall.ts";
import {
  cancelled,
  failForGood,
  failOrRetry,
  handBack,
  paused,
  succeed,
  timeOut,
} from "../finish.ts";
import type { Observe } from "../job-lifecycle.ts";
import { isFinal } from "../status.ts";
import type { Task } from "../worker/messages.ts";
import { callsCleanup, cleanUp, removeLeftovers } from "./clean.ts";
import { createContext } from "./context.ts";
import type { Progress, Tracked } from "./progress.ts";
import type { Reach } from "./reach.ts";
import { type Run, Stopped } from "./run.ts";
import { watchWrites } from "./watch-writes.ts";

export interface Executor {
  backend: Backend;
  storage: Storage;
  catalog: Catalog;
  progress: Progress;
  log: Log;
  observe: Observe;
  reach: Reach;
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
    const ended = await runOnce(executor, row, kind, abort);
    return ended && isFinal(ended.status) ? ended : undefined;
  }
  if (task === "discard" || !kind || !callsCleanup(kind, row)) {
    await removeLeftovers(executor, row.id);
  } else await clean(executor, row, kind, abort);
  return undefined;
}

/** Nothing that it tells is kept any more: the job has ended. */
async function clean(executor: Executor, row: JobRow, kind: Kind, abort: AbortController) {
  const { backend, progress, log } = executor;
  const tracked = progress.track(row.id, row.fence, createEstimator([]));
  tracked.forget();
  const run: Run = { row, kind, abort, tracked, ...executor };
  const done = await cleanUp(run, await createContext(run), log);
  if (done) return removeLeftovers(executor, row.id);
  await backend.db
    .updateTable("jobs")
    .set({ cleanup_due_at: backend.now() })
    .where("id", "=", row.id)
    .execute();
}

/** @returns the job as it is now, or undefined where the run had lost it */
async function runOnce(
  executor: Executor,
  row: JobRow,
  kind: Kind | undefined,
  abort: AbortController,
): Promise<JobRow | undefined> {
  const { backend, progress, log, observe } = executor;
  if (!kind) return failForGood(backend, row, missing(row.kind));
  const lose = () => abort.abort(new Stopped("lost"));
  const estimator = createEstimator(Object.values(kind.steps));
  const tracked = progress.track(row.id, row.fence, estimator, lose, row.log_seq);
  const watched = watchWrites(executor.storage);
  const run: Run = { row, kind, abort, tracked, ...executor, storage: watched.storage };
  // What an earlier run left is not known here.
  const isTidy = () => row.fence === 1 && !watched.written;
  const forgetRecalling = recallLater(run, estimator);
  try {
    const job = await createContext(run);
    const ended = await runToItsEnd(run, job, log, isTidy);
    if (!ended) observe({ what: "lease_lost", job: row.id, kind: row.kind, fence: row.fence });
    return ended;
  } finally {
    forgetRecalling();
    tracked.forget();
  }
}

/** @returns the job as it is now, or undefined where the run had lost it */
async function runToItsEnd(
  run: Run,
  job: JobContext,
  log: Log,
  isTidy: () => boolean,
): Promise<JobRow | undefined> {
  const { row, kind, backend, tracked } = run;
  let outcome: Outcome;
  try {
    outcome = checked(await kind.run(job, JSON.parse(row.input)));
  } catch (error) {
    await finish(tracked);
    return endAfter(error, run, job, log);
  }
  await finish(tracked);
  // Where this cannot be written, the kind has not failed: the sweep finds the job and runs it on.
  return succeed(backend, row, outcome, { tidy: isTidy() });
}

/** Behind it nothing more is told of this run; what cannot be written yet waits beside its end. */
async function finish(tracked: Tracked): Promise<void> {
  await tracked.finish().then(tracked.forget, () => {});
}

/** A kind is not always checked for its types before it runs. */
function checked(outcome: Outcome): Outcome {
  if (typeof outcome?.message === "string") return outcome;
  throw new TypeError("A kind's run returns { message }, a sentence about how it ended");
}

async function endAfter(error: unknown, run: Run, job: JobContext, log: Log) {
  const { row, kind, backend } = run;
  switch (reasonOf(error, run.abort.signal)) {
    case "lost":
      return undefined;
    case "pause":
      return paused(backend, row);
    case "shutdown":
      return handBack(backend, row, "interrupted");
    case "cancel":
      return cancelled(backend, row, kind.kept?.(job) ?? kept(job, kind));
    case "deadline":
      return timeOut(backend, row, row.timeout_ms);
    default:
      log.warn({ job: row.id, kind: row.kind, fence: row.fence, err: error }, "run failed");
      return failOrRetry(backend, row, kind, error);
  }
}

function missing(kind: string): Refused {
  return new Refused(`There is no kind "${kind}" any more`, "Its file was removed from jobs/.");
}

/** An error that comes after the signal fired is taken as the kind's way of stopping. */
function reasonOf(error: unknown, signal: AbortSignal) {
  if (error instanceof Stopped) return error.why;
  return signal.aborted && signal.reason instanceof Stopped ? signal.reason.why : undefined;
}

function kept({ counts }: JobContext, { unit = "items" }: Kind): string {
  if (counts.succeeded === 0) return "Cancelled; nothing had been kept";
  return `Cancelled; what was done before is kept: ${formatCount(counts.succeeded, unit)}`;
}

/** Runs a claimed job in this process and writes its end. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { type JobContext, type Kind, type Outcome, Refused, TryAgain } from "../../job.ts";
import { type KindSettings, redactError, settingsOf } from "../../kind-settings.ts";
import type { RunLimits } from "../../limits.ts";
import type { Log } from "../../log.ts";
import type { Storage } from "../../storage/storage.ts";
import { describeError } from "../describe-error.ts";
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
import { fallAsleep, giveSlotToOthers } from "../give-back.ts";
import type { RecordMetric } from "../job-lifecycle.ts";
import { KindError } from "../kind-error.ts";
import { isFinal } from "../status.ts";
import { recordEvent } from "../transition.ts";
import type { Task } from "../worker/runner-messages.ts";
import { hasCleanup, removeLeftovers, runCleanup } from "./cleanup.ts";
import { currentRun } from "./current-run.ts";
import { createPrograms, type Programs } from "./exec.ts";
import { createIdleTime } from "./idle-time.ts";
import { createJobContext } from "./job-context.ts";
import type { FindKindLine } from "./kind-line.ts";
import { type CheckedOutcome, checkOutcome } from "./outcome.ts";
import { noOutput, type OutputWriter, restoreOutput } from "./output-writer.ts";
import type { ProgressTracker } from "./progress-tracker.ts";
import { createRoomRequest, type RoomRequest } from "./room-request.ts";
import { elapsedMs, type PolicyFor, type Run, Stopped } from "./run.ts";
import type { Asleep } from "./sleep.ts";
import { createSleepRecord } from "./sleep-record.ts";
import { trackWrites } from "./track-writes.ts";
import { createWorkFolder } from "./work-folder.ts";

export interface Executor {
  backend: Backend;
  storage: Storage;
  catalog: Catalog;
  tracker: ProgressTracker;
  outputs: OutputWriter;
  log: Log;
  recordMetric: RecordMetric;
  /** Called with the job's id right before the `run` or `cleanup` of its kind. */
  onBegin: (id: string) => void;
  /** Called with the job's id before a run only sleeps for so many ms, which moves its deadline. */
  onIdle: (id: string, ms: number) => void;
  policyFor: PolicyFor;
  /** Absolute path: the folders of runs are in it. */
  workFolder: string;
  /** The environment of programs that runs start. */
  environment: Readonly<Record<string, string>>;
  /** Finds the line of a kind that an error is about, to show it to the author. */
  findKindLine: FindKindLine;
  limits: RunLimits;
  /** In development: lines for the job's log about where its kind threw. */
  explainError?: ((thrown: unknown) => string[]) | undefined;
}

/**
 * @param row the job as it was claimed, or as it ended
 * @param abort stops the task
 * @param room asks a run to give back its slot at its next checkpoint
 * @returns the job if this was its last run
 */
export async function execute(
  executor: Executor,
  row: JobRow,
  abort: AbortController,
  task: Task = "run",
  room: RoomRequest = createRoomRequest(),
): Promise<JobRow | undefined> {
  const kind = executor.catalog.get(row.kind);
  if (task === "run") {
    const ended = await runJob(executor, row, kind, { abort, room });
    return ended && isFinal(ended.status) ? ended : undefined;
  }
  if (task === "discard" || !kind || !hasCleanup(kind, row)) {
    await removeLeftovers(executor, row.id);
  } else await cleanUp(executor, row, kind, abort);
  return undefined;
}

/** The context of a cleanup saves files and log lines, but no progress, because the job has ended. */
async function cleanUp(executor: Executor, row: JobRow, kind: Kind, abort: AbortController) {
  const { backend, tracker, log } = executor;
  const progress = tracker.track(
    row.id,
    row.fence,
    createEstimator([]),
    () => {},
    row.log_seq,
    true,
  );
  const sleeps = createSleepRecord(null);
  const startedAt = performance.now();
  const folder = createWorkFolder(executor.workFolder, row);
  // The time that a cleanup may take includes its sleeps.
  const idle = createIdleTime(() => {});
  const parts = { row, kind, abort, progress, sleeps, startedAt, folder, idle };
  const run: Run = { ...parts, output: noOutput, room: null, ...executor };
  const programs = createPrograms(run);
  executor.onBegin(row.id);
  const done = await runCleanup(run, (await createJobContext(run, programs)).job, log);
  await flushProgress(run);
  progress.stop();
  await removeTraces(run, programs, log);
  if (done) return removeLeftovers(executor, row.id);
  await backend.db
    .updateTable("jobs")
    .set({ cleanup_due_at: backend.now() })
    .where("id", "=", row.id)
    .execute();
}

/** @returns the job after the run, or undefined if another run has claimed it */
async function runJob(
  executor: Executor,
  row: JobRow,
  kind: Kind | undefined,
  { abort, room }: Pick<Run, "abort" | "room">,
): Promise<JobRow | undefined> {
  const { backend, tracker, log, recordMetric, onBegin } = executor;
  if (!kind) return failUnknownKind(backend, { ...row, ranMs: 0 });
  if (row.reason === "unknown_kind") await recordClaim(backend, row);
  const onLost = () => abort.abort(new Stopped("lost"));
  const estimator = createEstimator(Object.values(kind.steps));
  const progress = tracker.track(row.id, row.fence, estimator, onLost, row.log_seq);
  const writes = trackWrites(executor.storage);
  const sleeps = createSleepRecord(row.sleep);
  const startedAt = performance.now();
  const outputLength = await restoreOutput(backend, row);
  if (outputLength === undefined) return undefined;
  const output = executor.outputs.open({ ...row, output_length: outputLength }, onLost);
  const folder = createWorkFolder(executor.workFolder, row);
  const idle = createIdleTime((ms) => executor.onIdle(row.id, ms));
  const parts = { row, kind, abort, progress, output, room, sleeps, startedAt, folder, idle };
  const run: Run = { ...parts, ...executor, storage: writes.storage };
  const programs = createPrograms(run);
  // An earlier run may have written files, too.
  const needsCleanup = () => row.fence > 1 || writes.written;
  const cancelHistory = loadHistory(run, estimator);
  try {
    const context = await createJobContext(run, programs);
    onBegin(row.id);
    const ended = await runToEnd(run, context, executor, needsCleanup);
    if (!ended) recordMetric({ type: "lease_lost", job: row.id, kind: row.kind, fence: row.fence });
    return ended;
  } finally {
    cancelHistory();
    output.stop();
    progress.stop();
    await removeTraces(run, programs, log);
  }
}

/** Writes the event that the claim left to a run which knows the kind. */
function recordClaim(backend: Backend, { id, fence }: JobRow): Promise<JobRow | undefined> {
  const event = { type: "continued", details: { fence } } as const;
  return backend.write((tx) => recordEvent(tx, { id, fence, at: backend.now(), event }));
}

/** Stops the programs that the kind did not wait for, and deletes the folder of the run. */
async function removeTraces({ row, folder }: Run, programs: Programs, log: Log): Promise<void> {
  try {
    await programs.stop();
    await folder.delete();
  } catch (error) {
    // The next runner that starts here tries again.
    log.warn({ job: row.id, err: error }, "the folder of a run could not be deleted");
  }
}

type Context = Awaited<ReturnType<typeof createJobContext>>;

/** @returns the job after the run, or undefined if another run has claimed it */
async function runToEnd(
  run: Run,
  context: Context,
  executor: Executor,
  needsCleanup: () => boolean,
): Promise<JobRow | undefined> {
  const { kind, backend, abort } = run;
  let outcome: CheckedOutcome;
  const settings = settingsOf(kind);
  try {
    requireSettings(settings);
    outcome = checkOutcome(await callKind(run, context));
    outcome = { ...outcome, message: settings.redact(outcome.message) };
    if (outcome.warning) context.job.log(outcome.warning, "warn");
  } catch (error) {
    const isFault = stopReasonOf(error, abort.signal) === undefined;
    const lines = (isFault && executor.explainError?.(error)) || [];
    for (const line of lines) context.job.log(settings.redact(line), "error");
    // Stops what the kind has begun and does not await.
    if (!abort.signal.aborted) abort.abort(error);
    await flushProgress(run);
    return finishAfterError(redactError(error, settings), run, context.job, executor);
  }
  await flushProgress(run);
  // Outside of the `try`: if the end cannot be saved, the sweep rescues the job instead of failing it.
  return finishDone(backend, claimAtEnd(run), outcome, { needsCleanup: needsCleanup() });
}

/** Calls the kind's `run`. Also rejects with an error of the kind that nothing else brings here. */
function callKind(
  { kind, row, abort: { signal } }: Run,
  { job, assertEnded }: Context,
): Promise<Outcome> {
  const stray = Promise.withResolvers<never>();
  const fail = (error: unknown, how: "rejected" | "thrown") => {
    // Promises that a stopped run does not await usually reject.
    if (signal.aborted) return;
    const text =
      how === "rejected"
        ? "A promise that nothing awaits was rejected"
        : "An error was thrown outside of run, such as in a callback";
    stray.reject(new KindError(`${text}: ${describeError(error)}`, { cause: error }));
  };
  return currentRun.run(fail, async () => {
    const outcome = await Promise.race([kind.run(job, JSON.parse(row.input)), stray.promise]);
    assertEnded();
    return outcome;
  });
}

/** Saves the last progress and text, and stops tracking. If that fails, the tracker tries again for now. */
async function flushProgress({ progress, output }: Run): Promise<void> {
  await output.flush().then(output.stop, () => {});
  await progress.flush().then(progress.stop, () => {});
}

/** A worker may have been started without what the web process has. @throws Refused */
function requireSettings({ missing }: KindSettings): void {
  if (missing.length === 0) return;
  throw new Refused(
    `The worker needs ${missing.join(" and ")}`,
    "Whoever runs Headway has to set it for the workers, too. Then run the job again.",
  );
}

function claimAtEnd(run: Run) {
  return { ...run.row, ranMs: elapsedMs(run), idleMs: Math.round(run.idle.ms) };
}

async function finishAfterError(
  error: unknown,
  run: Run,
  job: JobContext,
  { log, findKindLine }: Pick<Executor, "log" | "findKindLine">,
) {
  const { kind, backend } = run;
  const { recorded } = run.sleeps;
  const row = { ...claimAtEnd(run), recorded };
  switch (stopReasonOf(error, run.abort.signal)) {
    case "lost":
      return undefined;
    case "pause":
      return finishPaused(backend, row);
    case "shutdown":
      return release(backend, row, "interrupted");
    case "make_room":
      return giveSlotToOthers(backend, row);
    case "sleep":
      return fallAsleep(backend, row, run.abort.signal.reason as Asleep, recorded);
    case "cancel":
      return finishCancelled(backend, row, "while_running", kind.cancelledMessage?.(job));
    case "deadline":
      return failWithTimeout(backend, row, row.timeout_ms);
    default:
      log.warn({ job: row.id, kind: row.kind, fence: row.fence, err: error }, "run failed");
      return failOrRetry(
        backend,
        row,
        kind,
        error,
        isForPeople(error) ? undefined : findKindLine(error, row.kind),
      );
  }
}

/** An error that a kind throws for people needs no place. */
function isForPeople(error: unknown): boolean {
  return error instanceof Refused || error instanceof TryAgain;
}

/** An error after an abort counts as the kind's reaction to it. */
function stopReasonOf(error: unknown, signal: AbortSignal) {
  if (error instanceof Stopped) return error.reason;
  return signal.aborted && signal.reason instanceof Stopped ? signal.reason.reason : undefined;
}

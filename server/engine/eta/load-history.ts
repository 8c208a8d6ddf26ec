/** Loads past jobs, the shares of the steps and the earlier runs of a job for its estimator. */
import type { JobRow } from "../../backend/schema.ts";
import type { Run } from "../run/run.ts";
import type { Estimator, JobHistory } from "./estimator.ts";
import { listLatestJobsOfMachine, listPastJobsWithSteps } from "./past-jobs.ts";
import type { ProgressSample } from "./progress-samples.ts";
import { measureShares } from "./step-shares.ts";

/** Saves the queries for short jobs, which end within the delay. A later run needs them at once. */
const delayMs = { firstRun: 100, laterRun: 0 };
/** Latest events of earlier runs that become samples. */
const maxEvents = 100;

/**
 * Loads the history in the background. If that fails, the estimate works without it.
 * @returns a function that cancels the load
 */
export function loadHistory(run: Run, estimator: Estimator): () => void {
  let isCancelled = false;
  const timer = setTimeout(
    async () => {
      const history = await readHistory(run).catch(() => undefined);
      if (!history || isCancelled) return;
      estimator.setHistory(history);
      run.progress.estimateChanged();
    },
    run.row.fence === 1 ? delayMs.firstRun : delayMs.laterRun,
  );
  timer.unref();
  return () => {
    isCancelled = true;
    clearTimeout(timer);
  };
}

async function readHistory({ backend, row, kind }: Run): Promise<JobHistory> {
  const { db } = backend;
  const past = await listPastJobsWithSteps(db, { accountId: row.account_id, kind: row.kind });
  const steps = Object.keys(kind.steps).length;
  const known = past.length > 0 || steps < 2 ? [] : await listLatestJobsOfMachine(db, row.kind);
  const common = { past, size: row.input_bytes, shares: measureShares(known, steps) };
  if (row.fence === 1) return { ...common, stepMs: [], samples: [] };
  const ownSteps = await db
    .selectFrom("job_steps")
    .select("running_ms")
    .where("job_id", "=", row.id)
    .orderBy("position")
    .execute();
  const stepMs = ownSteps.map(({ running_ms }) => running_ms);
  return { ...common, stepMs, samples: await readSamples(db, row) };
}

/**
 * Reconstructs the samples of the current step from the job's events, on a clock that leaves out the
 * time between runs. Events do not record waits, so `waited` is 0.
 */
async function readSamples(db: Run["backend"]["db"], row: JobRow): Promise<ProgressSample[]> {
  const latest = await db
    .selectFrom("job_events")
    .select(["type", "details", "created_at"])
    .where("job_id", "=", row.id)
    .where("created_at", "<", row.claimed_at!)
    .orderBy("seq", "desc")
    .limit(maxEvents)
    .execute();
  const samples: ProgressSample[] = [];
  let at = 0;
  /** Time of the last event; undefined while the job does not run. */
  let previousAt: number | undefined;
  for (const { type, details, created_at } of latest.reverse()) {
    // The time at which a lost worker stopped is unknown.
    if (previousAt !== undefined && type !== "rescued") at += created_at - previousAt;
    if (runEvents.has(type) || previousAt !== undefined) previousAt = created_at;
    if (stopEvents.has(type)) previousAt = undefined;
    if (type === "step_started" || type === "step_finished") samples.splice(0);
    const done = type === "step_started" ? 0 : type === "progress" ? parseDone(details) : undefined;
    if (done !== undefined) samples.push({ at, done, waited: 0 });
  }
  return samples;
}

/** A job runs from an event of `runEvents` to one of `stopEvents`. */
const runEvents = new Set(["started", "continued", "step_started", "progress"]);
const stopEvents = new Set(["paused", "retry_scheduled", "interrupted", "rescued"]);

function parseDone(details: string | null): number | undefined {
  const done: unknown = JSON.parse(details ?? "{}").done;
  return typeof done === "number" ? done : undefined;
}

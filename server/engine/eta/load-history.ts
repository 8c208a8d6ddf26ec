/** Loads past jobs, the shares of the steps and the earlier runs of a job for its estimator. */
import type { JobRow } from "../../backend/schema.ts";
import type { Run } from "../run/run.ts";
import type { Estimator, JobHistory } from "./estimator.ts";
import { listLatestJobsOfMachine, listPastJobsWithSteps } from "./past-jobs.ts";
import type { ProgressSample } from "./progress-samples.ts";
import { samplesOfEvents } from "./samples-of-events.ts";
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

async function readSamples(db: Run["backend"]["db"], row: JobRow): Promise<ProgressSample[]> {
  const latest = await db
    .selectFrom("job_events")
    .select(["type", "details", "created_at"])
    .where("job_id", "=", row.id)
    .where("created_at", "<", row.claimed_at!)
    .orderBy("seq", "desc")
    .limit(maxEvents)
    .execute();
  return samplesOfEvents(latest.reverse());
}

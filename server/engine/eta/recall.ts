/** What is known of a job from before its run, for the estimate of it. */
import type { JobRow } from "../../backend/schema.ts";
import type { Run } from "../run/run.ts";
import type { Advance } from "./advances.ts";
import type { Estimator, Known } from "./estimator.ts";
import { pastSteps } from "./history.ts";

/** A job that is shorter costs nothing for it; one that goes on is long enough. */
const afterMs = { first: 1_000, again: 0 };
/** Of the step in hand, so many moments of earlier runs. */
const mostMoments = 100;

/**
 * Looks it up once the job has taken a while. The estimate does without where that fails.
 * @returns ends it
 */
export function recallLater(run: Run, estimator: Estimator): () => void {
  let ended = false;
  const timer = setTimeout(
    async () => {
      const known = await recall(run).catch(() => undefined);
      if (!known || ended) return;
      estimator.know(known);
      run.progress.estimateChanged();
    },
    run.row.fence === 1 ? afterMs.first : afterMs.again,
  );
  timer.unref();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

async function recall({ backend, row }: Run): Promise<Known> {
  const { db } = backend;
  const past = await pastSteps(db, { accountId: row.account_id, kind: row.kind });
  const known = { past, size: row.input_bytes };
  if (row.fence === 1) return { ...known, taken: [], earlier: [] };
  const steps = db.selectFrom("job_steps").select("running_ms").where("job_id", "=", row.id);
  const taken = (await steps.orderBy("position").execute()).map(({ running_ms }) => running_ms);
  return { ...known, taken, earlier: await earlierAdvances(backend.db, row) };
}

/**
 * What earlier runs went through of the step that this one goes on with, from the job's events. Time
 * in which it did not run is left out.
 */
async function earlierAdvances(db: Run["backend"]["db"], row: JobRow): Promise<Advance[]> {
  const latest = await db
    .selectFrom("job_events")
    .select(["type", "details", "created_at"])
    .where("job_id", "=", row.id)
    .where("created_at", "<", row.claimed_at!)
    .orderBy("seq", "desc")
    .limit(mostMoments)
    .execute();
  const advances: Advance[] = [];
  let at = 0;
  /** Undefined while it does not run. */
  let before: number | undefined;
  for (const { type, details, created_at } of latest.reverse()) {
    // Nobody knows when a lost worker stopped.
    if (before !== undefined && type !== "rescued") at += created_at - before;
    if (begins.has(type) || before !== undefined) before = created_at;
    if (stops.has(type)) before = undefined;
    if (type === "step_started" || type === "step_finished") advances.splice(0);
    const done = type === "step_started" ? 0 : type === "progress" ? doneOf(details) : undefined;
    if (done !== undefined) advances.push({ at, done, waited: 0 });
  }
  return advances;
}

/** Between the first and the second of these a job runs. */
const begins = new Set(["started", "continued", "step_started", "progress"]);
const stops = new Set(["paused", "retry_scheduled", "interrupted", "rescued"]);

function doneOf(details: string | null): number | undefined {
  const done: unknown = JSON.parse(details ?? "{}").done;
  return typeof done === "number" ? done : undefined;
}

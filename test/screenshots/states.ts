/** Inserts a job in each display status, transient ones included, as the engine would store it. */
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../../server/backend/backend.ts";
import type { JobRow, LogRow, StepRow } from "../../server/backend/schema.ts";
import { insertJob, runningJob } from "../support/job-row.ts";

/** Pages say that jobs wait while no worker is alive. */
export async function insertWorker({ db, now }: Backend): Promise<void> {
  const at = now();
  const worker = { id: "screenshots", host: "localhost", pid: 0, started_at: at };
  await db
    .insertInto("workers")
    .values({ ...worker, last_heartbeat_at: at })
    .execute();
}

export async function sendHeartbeat({ db, now }: Backend): Promise<void> {
  await db.updateTable("workers").set({ last_heartbeat_at: now() }).execute();
}

interface State {
  kind?: string;
  row: Partial<JobRow>;
  /** The number of its two steps that are done; the next one is running. */
  stepsDone?: number;
  /** The lines of its log. */
  lines?: Pick<LogRow, "level" | "message">[];
}

const second = 1_000;
const minute = 60 * second;
const half = {
  current_step: 1,
  step_done: 42_318,
  step_total: 100_000,
  progress: 0.65,
  succeeded: 42_241,
};
const counts = { rejected: 77 };

/** @param now ms */
function states(now: number): Record<string, State> {
  const runs = runningJob({ claimed_at: now - 72 * second, last_progress_at: now - 200 });
  const ended = { started_at: now - 4 * minute, finished_at: now - minute, running_ms: 180_000 };
  return {
    scheduled: { row: { run_at: now + 9 * 3_600 * second } },
    queued: { row: {} },
    retrying: {
      stepsDone: 1,
      row: {
        ...half,
        started_at: now - minute,
        reason: "retry",
        retries: 2,
        run_at: now + 3_600 * second,
        error: "the gateway was busy (503)",
      },
    },
    resuming: { stepsDone: 1, row: { ...half, started_at: now - minute, reason: "rescued" } },
    "made-room": { stepsDone: 1, row: { ...half, started_at: now - minute, reason: "made_room" } },
    waiting: {
      stepsDone: 1,
      row: {
        ...half,
        started_at: now - minute,
        reason: "sleeping",
        run_at: now + 3_600 * second,
        waiting_until: now + 3_600 * second,
        waiting_for: "the service allows 100 letters an hour",
      },
    },
    running: {
      stepsDone: 1,
      lines: [
        { level: "info", message: "Mapped E-Mail → Email, Vorname → First name" },
        { level: "warn", message: "Row 1,204: the date is not one, and was left out" },
        { level: "info", message: "99,812 contacts in the file, 188 rows rejected" },
      ],
      row: {
        ...runs,
        ...half,
        ...counts,
        eta_earliest: now + 80 * second,
        eta_latest: now + 110 * second,
      },
    },
    "unknown-total": {
      kind: "contact_export",
      row: {
        ...runs,
        current_step: 0,
        step_done: 38_112,
        succeeded: 38_112,
        message: "Reading the contacts whose email begins with m",
      },
    },
    stalled: {
      stepsDone: 1,
      row: {
        ...runs,
        ...half,
        last_progress_at: now - 45 * second,
        message: "Waiting for the disk",
      },
    },
    pausing: { stepsDone: 1, row: { ...runs, ...half, pause_requested_at: now - 2 * second } },
    paused: { stepsDone: 1, row: { ...half, status: "paused", started_at: now - minute } },
    cancelling: { stepsDone: 1, row: { ...runs, ...half, cancel_requested_at: now - 3 * second } },
    failed: {
      stepsDone: 1,
      row: {
        ...{ ...half, ...counts, ...ended },
        status: "failed",
        reason: "refused",
        error: "Row 42,319: the quotes are not closed, and the rest of the file is one cell",
        advice: "Close the quotes in that row and upload the file again.",
      },
    },
    cancelled: {
      stepsDone: 1,
      row: {
        ...{ ...half, ...ended },
        status: "cancelled",
        outcome: "Cancelled; 42,241 of 100,000 contacts are kept",
      },
    },
  };
}

const steps = ["Reading the file", "Saving contacts"];

/**
 * @param owner of the jobs
 * @returns the id of each job by the name of its state
 */
export async function insertStates(
  backend: Backend,
  owner: Pick<JobRow, "account_id" | "user_id">,
): Promise<Map<string, string>> {
  const now = backend.now();
  const ids = new Map<string, string>();
  for (const [name, { kind = "contact_import", row, stepsDone = 0, lines = [] }] of Object.entries(
    states(now),
  )) {
    const id = uuidv7();
    await insertJob(backend, {
      ...owner,
      id,
      kind,
      subject: kind === "contact_import" ? "autumn-fair.csv" : null,
      input: JSON.stringify(kind === "contact_import" ? { duplicates: "update" } : { prefix: "" }),
      created_at: now - 5 * minute,
      run_at: now - 5 * minute,
      log_seq: lines.length,
      ...row,
    });
    if (kind === "contact_import") await insertSteps(backend, id, stepsDone, now);
    if (lines.length > 0) await insertLines(backend, id, lines, now);
    ids.set(name, id);
  }
  return ids;
}

async function insertSteps(backend: Backend, id: string, done: number, now: number) {
  const rows = steps.map((name, position) => {
    const status: StepRow["status"] =
      position < done ? "done" : position === done && done > 0 ? "running" : "waiting";
    return {
      job_id: id,
      position,
      name,
      weight: position === 0 ? 4 : 6,
      status,
      started_at: status === "waiting" ? null : now - (72 - position * 30) * second,
      finished_at: status === "done" ? now - 42 * second : null,
    };
  });
  await backend.db.insertInto("job_steps").values(rows).execute();
}

async function insertLines(
  backend: Backend,
  id: string,
  lines: NonNullable<State["lines"]>,
  now: number,
) {
  const rows = lines.map((line, at) => ({
    ...line,
    job_id: id,
    seq: at + 1,
    created_at: now - (60 - at * 9) * second,
  }));
  await backend.db.insertInto("job_logs").values(rows).execute();
}

/** Seeds jobs that look like past runs: rows as the engine would have written them. */
import type { Insertable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import type { JobsTable } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import type { JobEvent } from "../engine/job-event.ts";
import { indexJob } from "../engine/start/search-index.ts";
import { start } from "../engine/start/start.ts";

interface Owner {
  accountId: string;
  userId: string;
}

const minute = 60_000;

interface SeedJob {
  id?: string;
  kind: string;
  input: object;
  startedMinutesAgo: number;
  durationMs: number;
  row: Partial<Insertable<JobsTable>> & Pick<Insertable<JobsTable>, "status">;
  /** In addition to `created` and `started`. */
  events: JobEvent[];
  rejections?: { reason: string; count: number; rows: number[] }[];
}

const seedJobs = (importId: string, userId: string): SeedJob[] => [
  {
    id: importId,
    kind: "contact_import",
    input: { duplicates: "update" },
    startedMinutesAgo: 190,
    durationMs: 42_000,
    row: {
      status: "done",
      subject: "autumn-fair.csv",
      outcome: "Imported 72 of 75, 3 rows rejected",
      result_page: `/contacts?job=${importId}`,
      succeeded: 72,
      rejected: 3,
      progress: 1,
    },
    events: [{ type: "done", details: { outcome: "Imported 72 of 75, 3 rows rejected" } }],
    rejections: [
      { reason: "Missing email", count: 2, rows: [14, 52] },
      { reason: "Invalid email", count: 1, rows: [61] },
    ],
  },
  {
    kind: "countdown",
    input: { from: 600 },
    startedMinutesAgo: 95,
    durationMs: 61_000,
    row: {
      status: "cancelled",
      reason: "while_running",
      succeeded: 61,
      step_done: 61,
      step_total: 600,
    },
    events: [
      { type: "cancel_requested", details: { by: userId } },
      {
        type: "cancelled",
        details: { reason: "while_running", outcome: null, succeeded: 61, done: 61, total: 600 },
      },
    ],
  },
  {
    kind: "contact_import",
    input: { duplicates: "skip" },
    startedMinutesAgo: 40,
    durationMs: 1_000,
    row: {
      status: "failed",
      subject: "holiday.csv",
      reason: "refused",
      error: "holiday.csv is a PNG image, not a spreadsheet or CSV file",
      advice: "Export the sheet as CSV and upload that file.",
    },
    events: [
      {
        type: "failed",
        details: {
          reason: "refused",
          error: "holiday.csv is a PNG image, not a spreadsheet or CSV file",
        },
      },
    ],
  },
  {
    kind: "countdown",
    input: { from: 300 },
    startedMinutesAgo: 12,
    durationMs: 96_000,
    row: {
      status: "paused",
      succeeded: 96,
      progress: 0.32,
      current_step: 0,
      step_done: 96,
      step_total: 300,
    },
    events: [{ type: "paused", details: null }],
  },
];

export async function insertPastJobs(
  tx: WriteTransaction,
  catalog: Catalog,
  owner: Owner,
  importId: string,
  now: number,
): Promise<void> {
  for (const each of seedJobs(importId, owner.userId)) {
    if (catalog.has(each.kind)) await insertPastJob(tx, catalog, owner, each, now);
  }
}

const keys = { tomorrow: "demo:tomorrow", now: "demo:now" };

/** The idempotency keys of the jobs that `startDemoJobs` starts. */
export const demoJobKeys = Object.values(keys);

/** Starts one job now and schedules one for tomorrow. Idempotent. */
export async function startDemoJobs(
  backend: Backend,
  catalog: Catalog,
  owner: Owner,
): Promise<void> {
  if (!catalog.has("countdown")) return;
  const common = { kind: "countdown", ...owner };
  const runAt = backend.now() + 24 * 60 * minute;
  const tomorrow = { input: { from: 20 }, runAt, idempotencyKey: keys.tomorrow };
  await start(backend, catalog, { ...common, ...tomorrow });
  await start(backend, catalog, { ...common, input: { from: 900 }, idempotencyKey: keys.now });
}

async function insertPastJob(
  tx: WriteTransaction,
  catalog: Catalog,
  owner: Owner,
  job: SeedJob,
  now: number,
) {
  const id = job.id ?? uuidv7();
  const createdAt = now - job.startedMinutesAgo * minute;
  const endedAt = createdAt + job.durationMs;
  const { row } = job;
  const events: JobEvent[] = [
    { type: "created", details: null },
    { type: "started", details: { fence: 1 } },
    ...job.events,
  ];
  const ended = row.status !== "paused";
  await tx.db
    .insertInto("jobs")
    .values({
      id,
      kind: job.kind,
      account_id: owner.accountId,
      user_id: owner.userId,
      input: JSON.stringify(job.input),
      run_at: createdAt,
      created_at: createdAt,
      started_at: createdAt + 400,
      finished_at: ended ? endedAt : null,
      max_retries: 3,
      timeout_ms: 60 * minute,
      running_ms: job.durationMs,
      fence: 1,
      event_seq: events.length,
      ...row,
    })
    .execute();
  await indexJob(tx, catalog.get(job.kind), {
    ...{ id, kind: job.kind, account_id: owner.accountId, user_id: owner.userId },
    ...{ subject: row.subject ?? null, input: JSON.stringify(job.input) },
  });
  await tx.db
    .insertInto("job_events")
    .values(
      events.map(({ type, details }, at) => ({
        job_id: id,
        seq: at + 1,
        type,
        details: details && JSON.stringify(details),
        created_at: at < 2 ? createdAt + at * 400 : endedAt,
      })),
    )
    .execute();
  const steps = Object.entries(catalog.get(job.kind)!.steps);
  await tx.db
    .insertInto("job_steps")
    .values(createSteps(steps, { ...job, id, createdAt }))
    .execute();
  for (const { reason, count, rows } of job.rejections ?? []) {
    await tx.db
      .insertInto("job_rejections")
      .values({ job_id: id, reason, count, first_rows: JSON.stringify(rows) })
      .execute();
  }
}

/** Splits the duration by the weights of the steps; a job that is not done stopped in the first. */
function createSteps(steps: [string, number][], job: SeedJob & { id: string; createdAt: number }) {
  const { id, createdAt, durationMs: took, row } = job;
  const totalWeight = steps.reduce((sum, [, weight]) => sum + weight, 0);
  const succeeded = row.status === "done";
  let passed = 0;
  const now = () => Math.round(createdAt + 400 + ((took - 400) * passed) / totalWeight);
  return steps.map(([name, weight], position) => {
    const startedAt = now();
    passed += weight;
    return {
      job_id: id,
      position,
      name,
      weight,
      status: succeeded ? "done" : position === 0 ? "running" : "waiting",
      started_at: succeeded || position === 0 ? startedAt : null,
      finished_at: succeeded ? now() : null,
    } as const;
  });
}

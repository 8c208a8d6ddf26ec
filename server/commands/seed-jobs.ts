/** One job in each status, with a past: rows as the engine would have left them. */

import type { Insertable } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import type { JobsTable } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { indexJob } from "../engine/start/search-index.ts";
import { start } from "../engine/start/start.ts";

interface Owner {
  accountId: string;
  userId: string;
}

const minute = 60_000;

interface Past {
  id?: string;
  kind: string;
  input: object;
  /** Minutes ago. */
  created: number;
  took: number;
  row: Partial<Insertable<JobsTable>> & Pick<Insertable<JobsTable>, "status">;
  facts: [type: string, message: string][];
  errors?: { reason: string; count: number; rows: number[] }[];
}

const past = (importId: string): Past[] => [
  {
    id: importId,
    kind: "contact_import",
    input: { duplicates: "update" },
    created: 190,
    took: 42_000,
    row: {
      status: "done",
      subject: "autumn-fair.csv",
      outcome: "Imported 72 of 75, 3 rows rejected",
      result_page: `/contacts?job=${importId}`,
      succeeded: 72,
      rejected: 3,
      progress: 1,
    },
    facts: [["done", "Imported 72 of 75, 3 rows rejected"]],
    errors: [
      { reason: "email is missing", count: 2, rows: [14, 52] },
      { reason: "email is not an address", count: 1, rows: [61] },
    ],
  },
  {
    kind: "countdown",
    input: { from: 600 },
    created: 95,
    took: 61_000,
    row: {
      status: "cancelled",
      outcome: "Cancelled; what was done before is kept: 61 seconds",
      succeeded: 61,
    },
    facts: [
      ["cancel_requested", "Cancel requested"],
      ["cancelled", "Cancelled; what was done before is kept: 61 seconds"],
    ],
  },
  {
    kind: "contact_import",
    input: { duplicates: "skip" },
    created: 40,
    took: 1_000,
    row: {
      status: "failed",
      subject: "holiday.csv",
      reason: "refused",
      error: "holiday.csv is a PNG image, not a CSV file",
      advice: "Export the sheet as CSV and upload that file.",
    },
    facts: [["failed", "holiday.csv is a PNG image, not a CSV file"]],
  },
  {
    kind: "countdown",
    input: { from: 300 },
    created: 12,
    took: 96_000,
    row: {
      status: "paused",
      succeeded: 96,
      progress: 0.32,
      current_step: 0,
      step_done: 96,
      step_total: 300,
    },
    facts: [["paused", "Paused"]],
  },
];

export async function seedPast(
  tx: WriteTransaction,
  catalog: Catalog,
  owner: Owner,
  importId: string,
  now: number,
): Promise<void> {
  for (const each of past(importId)) {
    if (catalog.has(each.kind)) await insert(tx, catalog, owner, each, now);
  }
}

const keys = { tomorrow: "demo:tomorrow", now: "demo:now" };

/** The idempotency keys of what `startSome` starts. */
export const startKeys = Object.values(keys);

/** Besides the past: one that runs now, and one that is due tomorrow. Done twice it is done once. */
export async function startSome(backend: Backend, catalog: Catalog, owner: Owner): Promise<void> {
  if (!catalog.has("countdown")) return;
  const common = { kind: "countdown", ...owner };
  const runAt = backend.now() + 24 * 60 * minute;
  const tomorrow = { input: { from: 20 }, runAt, idempotencyKey: keys.tomorrow };
  await start(backend, catalog, { ...common, ...tomorrow });
  await start(backend, catalog, { ...common, input: { from: 900 }, idempotencyKey: keys.now });
}

async function insert(
  tx: WriteTransaction,
  catalog: Catalog,
  owner: Owner,
  job: Past,
  now: number,
) {
  const id = job.id ?? uuidv7();
  const createdAt = now - job.created * minute;
  const endedAt = createdAt + job.took;
  const { row } = job;
  const facts = [["created", "Created"], ["started", "Started"], ...job.facts];
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
      running_ms: job.took,
      fence: 1,
      event_seq: facts.length,
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
      facts.map(([type, message], at) => ({
        job_id: id,
        seq: at + 1,
        type: type!,
        message: message!,
        created_at: at < 2 ? createdAt + at * 400 : endedAt,
      })),
    )
    .execute();
  const steps = Object.entries(catalog.get(job.kind)!.steps);
  await tx.db
    .insertInto("job_steps")
    .values(stepsOf(steps, { ...job, id, createdAt }))
    .execute();
  for (const { reason, count, rows } of job.errors ?? []) {
    await tx.db
      .insertInto("job_rejections")
      .values({ job_id: id, reason, count, first_rows: JSON.stringify(rows) })
      .execute();
  }
}

/** Each took its share of the time; a job that did not end well stopped in the first. */
function stepsOf(steps: [string, number][], job: Past & { id: string; createdAt: number }) {
  const { id, createdAt, took, row } = job;
  const whole = steps.reduce((sum, [, weight]) => sum + weight, 0);
  const succeeded = row.status === "done";
  let passed = 0;
  const now = () => Math.round(createdAt + 400 + ((took - 400) * passed) / whole);
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

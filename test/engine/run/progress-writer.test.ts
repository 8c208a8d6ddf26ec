import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobRow } from "../../../server/backend/schema.ts";
import type { ProgressRow } from "../../../server/engine/run/progress-state.ts";
import type { WaitingLines } from "../../../server/engine/run/progress-tracker.ts";
import { progressWriter } from "../../../server/engine/run/progress-writer.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { eventTypes, insertJob, readJob, runningJob } from "../../support/job-row.ts";

describe.each(backends)("the writes of progress on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());

  const running = (different: Partial<JobRow> = {}) =>
    insertJob(opened.backend, runningJob({ fence: 2, ...different }));

  const rowOf = ({ id, fence }: JobRow, different: Partial<ProgressRow>): ProgressRow => ({
    ...{ id, fence, done: 0, total: 100, progress: null, message: null, at: 2_000 },
    ...{ etaEarliest: null, etaLatest: null, waitingUntil: null, waitingFor: null, sampled: 0 },
    ...different,
  });
  const linesOf = ({ id, fence }: JobRow, ...messages: string[]): WaitingLines => {
    const lines = messages.map((message) => ({ level: "info" as const, message, at: 2_000 }));
    return new Map([[id, { fence, isCleanup: false, lines }]]);
  };
  const write = async (rows: ProgressRow[], lines: WaitingLines = new Map()) => [
    ...(await progressWriter(opened.backend)(rows, lines)),
  ];

  test("only another number of completed items counts as progress", async () => {
    const job = await running({ last_progress_at: 1_000 });
    await write([rowOf(job, { done: 5, at: 2_000 })]);
    expect(await readJob(opened.backend, job.id)).toMatchObject({ last_progress_at: 2_000 });
    await write([rowOf(job, { done: 5, at: 3_000, message: "still at five" })]);
    const same = await readJob(opened.backend, job.id);
    expect(same).toMatchObject({ last_progress_at: 2_000, message: "still at five", version: 3 });
    await write([rowOf(job, { done: 4, at: 4_000 })]);
    expect(await readJob(opened.backend, job.id)).toMatchObject({ last_progress_at: 4_000 });
  });

  test("a sampled value is inserted as an event, and no other", async () => {
    const job = await running();
    await write([rowOf(job, { done: 1 })]);
    await write([rowOf(job, { done: 2, sampled: 1, progress: 0.029, message: "Two" })]);
    expect(await eventTypes(opened.backend, job.id)).toEqual(["progress"]);
    const events = opened.backend.db.selectFrom("job_events").select(["seq", "details"]);
    const { seq, details } = await events.where("job_id", "=", job.id).executeTakeFirstOrThrow();
    expect(seq).toBe(1);
    expect(JSON.parse(details!)).toEqual({ done: 2, total: 100, progress_pct: 2, message: "Two" });
  });

  test("log lines are numbered on from those of earlier writes", async () => {
    const job = await running({ log_seq: 7 });
    expect(await write([], linesOf(job, "eighth", "ninth"))).toEqual([]);
    const logs = opened.backend.db.selectFrom("job_logs").select(["seq", "message"]);
    expect(await logs.where("job_id", "=", job.id).orderBy("seq").execute()).toEqual([
      { seq: 8, message: "eighth" },
      { seq: 9, message: "ninth" },
    ]);
    expect(await readJob(opened.backend, job.id)).toMatchObject({ log_seq: 9, version: 2 });
  });

  test.each([
    ["another run has claimed the job", { fence: 3 }],
    ["the job was paused", { status: "paused" as const }],
  ])("nothing is written and the job is reported as lost once %s", async (_, change) => {
    const job = await running();
    const kept = await running();
    const jobs = opened.backend.db.updateTable("jobs").where("id", "=", job.id);
    await jobs.set(change).execute();
    const before = await readJob(opened.backend, job.id);
    const rows = [rowOf(job, { done: 9, sampled: 1 }), rowOf(kept, { done: 9 })];
    expect(await write(rows, linesOf(job, "late"))).toEqual([job.id]);
    expect(await write([], linesOf(job, "later"))).toEqual([job.id]);
    expect(await readJob(opened.backend, job.id)).toEqual(before);
    expect(await eventTypes(opened.backend, job.id)).toEqual([]);
    const logs = opened.backend.db.selectFrom("job_logs").select("seq");
    expect(await logs.where("job_id", "=", job.id).execute()).toEqual([]);
    expect(await readJob(opened.backend, kept.id)).toMatchObject({ step_done: 9 });
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Backend } from "../../../server/backend/backend.ts";
import type { ScheduleRow } from "../../../server/backend/schema.ts";
import { cancel } from "../../../server/engine/cancel.ts";
import { failWithTimeout, finishDone } from "../../../server/engine/finish.ts";
import type { ScheduleResult } from "../../../server/engine/job-lifecycle.ts";
import {
  deleteSchedule,
  editSchedule,
  pauseSchedule,
  resumeSchedule,
  StaleSchedule,
} from "../../../server/engine/schedules/change-schedule.ts";
import { createSchedule } from "../../../server/engine/schedules/create-schedule.ts";
import { runScheduleNow } from "../../../server/engine/schedules/run-schedule-now.ts";
import { createScheduleReader } from "../../../server/engine/schedules/schedule-reader.ts";
import { startDueRuns } from "../../../server/engine/schedules/start-due-runs.ts";
import { RunActive } from "../../../server/engine/schedules/take-time.ts";
import { retry } from "../../../server/engine/start/retry.ts";
import { defineJob, type Kind } from "../../../server/job.ts";
import { LimitReached } from "../../../server/limit-reached.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { readJob } from "../../support/job-row.ts";

const report = defineJob({
  title: "Report",
  description: "Reports.",
  input: z.object({ period: z.string().default("week") }),
  steps: { Reporting: 1 },
  run: async () => ({ message: "Reported" }),
});
const mistaken = defineJob({
  ...report,
  title: "Mistaken report",
  subject({ period }) {
    if (period === "wrong") throw new TypeError("period.from is not a function");
    return period;
  },
});
const catalog = new Map<string, Kind>([
  ["report", report as unknown as Kind],
  ["mistaken", mistaken as unknown as Kind],
]);
const unlimited = {
  maxQueuedJobs: Number.POSITIVE_INFINITY,
  maxStartsPerMinute: Number.POSITIVE_INFINITY,
};

describe.each(backends)("schedules on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let backend: Backend;
  beforeAll(async () => {
    opened = await openTestBackend(which);
    backend = opened.backend;
  });
  afterAll(() => opened.close());

  const create = (more: Partial<Parameters<typeof createSchedule>[2]> = {}) =>
    createSchedule(backend, catalog, {
      ...{ kind: "report", input: {}, accountId: "account-1", userId: "ada" },
      ...{ repeats: "monthly", timeZone: "UTC", maxSchedules: 1_000 },
      uploadsOf: { accountId: "account-1" },
      ...more,
    });

  /** Makes the schedule due since `at`, so that no test waits for a month. */
  async function makeDue({ id }: Pick<ScheduleRow, "id">, at = backend.now()): Promise<number> {
    await backend.db.updateTable("schedules").set({ next_at: at }).where("id", "=", id).execute();
    return at;
  }
  /** @returns the first of a month, ms */
  const month = (ago: number) => {
    const now = new Date(backend.now());
    return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1);
  };
  async function sweep(limits = unlimited): Promise<ScheduleResult[]> {
    const results: ScheduleResult[] = [];
    await startDueRuns({
      ...{ backend, catalog, limits },
      recordMetric: (metric) => metric.type === "schedule" && results.push(metric.result),
    });
    return results;
  }
  const runsOf = async ({ id }: Pick<ScheduleRow, "id">) =>
    (await createScheduleReader(backend).runs(id, { limit: 1_000 })).rows;
  const get = async ({ id }: Pick<ScheduleRow, "id">) =>
    (await createScheduleReader(backend).get(id))!;
  const eventsOf = async ({ id }: Pick<ScheduleRow, "id">) =>
    (await createScheduleReader(backend).events(id, { limit: 100 })).reverse().map((event) => ({
      ...{ seq: event.seq, type: event.type },
      ...JSON.parse(event.details ?? "{}"),
    }));

  /** Ends the active run of the schedule as a runner would. */
  async function endRun(schedule: ScheduleRow, how: "done" | "failed"): Promise<string> {
    const [run] = await runsOf(schedule);
    const claimed = await backend.queue.claim("worker-1");
    expect(claimed?.id).toBe(run!.id);
    if (how === "done") await finishDone(backend, claimed!, { message: "Reported" });
    else await failWithTimeout(backend, claimed!, 1_000);
    return run!.id;
  }

  test("a due time starts one run in the name of the owner, and moves the schedule on", async () => {
    const schedule = await create({ input: { period: "month" } });
    expect(schedule.next_at).toBe(month(-1));
    expect(await sweep()).toEqual([]);
    const at = await makeDue(schedule);
    expect(await sweep()).toEqual(["started"]);
    const [run] = await runsOf(schedule);
    expect(run).toMatchObject({ planned_at: at, user_id: "ada", kind: "report", status: "queued" });
    expect(JSON.parse(run!.input)).toEqual({ period: "month" });
    const after = await get(schedule);
    expect(after.next_at).toBeGreaterThan(at);
    expect(after.last_planned_at).toBe(at);
    expect(await sweep()).toEqual([]);
    expect((await eventsOf(schedule)).map(({ type }) => type)).toEqual(["created"]);
    await endRun(schedule, "done");
    await deleteSchedule(backend, schedule.id);
  });

  test("missed times are caught up by one run for the newest, which says how many there were", async () => {
    const schedule = await create();
    await makeDue(schedule, month(3));
    expect(await sweep()).toEqual(["caught_up"]);
    const runs = await runsOf(schedule);
    expect(runs.map(({ planned_at }) => planned_at)).toEqual([month(0)]);
    const details = { planned_at: month(0), missed: 3 };
    expect((await eventsOf(schedule)).at(-1)).toMatchObject({ type: "caught_up", ...details });
    await endRun(schedule, "done");
    await deleteSchedule(backend, schedule.id);
  });

  test("a time is skipped while the run before is unfinished, and the event names that run", async () => {
    const schedule = await create();
    await makeDue(schedule);
    await sweep();
    const [first] = await runsOf(schedule);
    const at = await makeDue(schedule);
    expect(await sweep()).toEqual(["skipped"]);
    expect(await runsOf(schedule)).toHaveLength(1);
    const skipped = { type: "skipped", planned_at: at, job_id: first!.id };
    expect((await eventsOf(schedule)).at(-1)).toMatchObject(skipped);
    await expect(
      runScheduleNow({ backend, catalog, limits: unlimited }, schedule, "ada", "page"),
    ).rejects.toThrow(RunActive);
    await endRun(schedule, "failed");
    // A retry by a person is no run of the schedule, so the next time does not wait for it.
    const failed = await readJob(backend, first!.id);
    const again = await retry({ backend, catalog }, failed, "ada");
    await makeDue(schedule);
    expect(await sweep()).toEqual(["started"]);
    await cancel({ backend, catalog }, again.job.id, "ada");
    await endRun(schedule, "done");
    await deleteSchedule(backend, schedule.id);
  });

  test("of many workers that try a time at once, one starts its run", async () => {
    const schedule = await create();
    for (let round = 0; round < 20; round++) {
      await makeDue(schedule);
      const results = await Promise.all(Array.from({ length: 8 }, () => sweep()));
      expect(results.flat()).toHaveLength(1);
      await cancel({ backend, catalog }, (await runsOf(schedule))[0]!.id, "ada");
    }
    const planned = (await runsOf(schedule)).map(({ planned_at }) => planned_at);
    expect(new Set(planned).size).toBe(20);
    await deleteSchedule(backend, schedule.id);
  });

  test("the database refuses a second run for one time", async () => {
    const schedule = await create();
    const at = await makeDue(schedule);
    await sweep();
    await cancel({ backend, catalog }, (await runsOf(schedule))[0]!.id, "ada");
    await makeDue(schedule, at);
    await expect(sweep()).rejects.toThrow(/unique/i);
    expect(await runsOf(schedule)).toHaveLength(1);
    await deleteSchedule(backend, schedule.id);
  });

  test("three failures in a row are one event, and a success ends them", async () => {
    const schedule = await create();
    const ends = ["failed", "failed", "failed", "failed", "done"] as const;
    const ids: string[] = [];
    for (const [index, how] of ends.entries()) {
      await makeDue(schedule);
      await sweep();
      ids.push(await endRun(schedule, how));
      expect((await get(schedule)).failures).toBe(how === "done" ? 0 : index + 1);
    }
    const told = (await eventsOf(schedule)).filter(({ type }) => /failing|recovered/.test(type));
    expect(told).toMatchObject([
      { type: "failing", failures: 3, job_id: ids[2] },
      { type: "recovered", job_id: ids[4] },
    ]);
    await deleteSchedule(backend, schedule.id);
  });

  test("a refused start is said and counts as a failure", async () => {
    const schedule = await create();
    await backend.db
      .updateTable("schedules")
      .set({ input: JSON.stringify({ period: 3 }) })
      .where("id", "=", schedule.id)
      .execute();
    await makeDue(schedule);
    expect(await sweep()).toEqual(["not_started"]);
    expect((await eventsOf(schedule)).at(-1)).toMatchObject({
      type: "not_started",
      error: expect.stringMatching(/^period: /),
    });
    expect(await get(schedule)).toMatchObject({ failures: 1 });
    expect((await get(schedule)).next_at).toBeGreaterThan(backend.now());
    await makeDue(schedule);
    const full = { ...unlimited, maxQueuedJobs: 1 };
    await backend.db
      .updateTable("schedules")
      .set({ input: "{}" })
      .where("id", "=", schedule.id)
      .execute();
    const other = await runScheduleNow(
      { backend, catalog, limits: unlimited },
      await create({ repeats: "yearly" }),
      "ada",
      "page",
    );
    expect(await sweep(full)).toEqual(["not_started"]);
    await cancel({ backend, catalog }, other.id, "ada");
    await deleteSchedule(backend, schedule.id);
  });

  test("a mistake in a kind is said on its schedule and holds up no other one", async () => {
    const broken = await create({ kind: "mistaken" });
    const input = JSON.stringify({ period: "wrong" });
    await backend.db.updateTable("schedules").set({ input }).where("id", "=", broken.id).execute();
    const sound = await create();
    await makeDue(broken, backend.now() - 1_000);
    await makeDue(sound);
    expect(await sweep()).toEqual(["not_started", "started"]);
    const said = { type: "not_started", error: "period.from is not a function" };
    expect((await eventsOf(broken)).at(-1)).toMatchObject(said);
    expect(await sweep()).toEqual([]);
    await endRun(sound, "done");
  });

  test("times during a pause are not caught up", async () => {
    const schedule = await create();
    await makeDue(schedule);
    await pauseSchedule(backend, schedule.id, "ada");
    expect(await sweep()).toEqual([]);
    const resumed = await resumeSchedule(backend, schedule.id, "ada");
    expect(resumed.next_at).toBeGreaterThan(backend.now());
    expect(await sweep()).toEqual([]);
    expect((await eventsOf(schedule)).map(({ type }) => type)).toEqual([
      "created",
      "paused",
      "resumed",
    ]);
    await deleteSchedule(backend, schedule.id);
  });

  test("an edit of the input keeps a due run, and an edit of the times does without it", async () => {
    const schedule = await create();
    const at = await makeDue(schedule);
    const edit = { repeats: "monthly", timeZone: "UTC", by: "ada" };
    const work = { input: { period: "day" }, uploadsOf: { accountId: "account-1" } };
    const edited = await editSchedule({ backend, catalog }, schedule, { ...edit, work });
    expect(edited).toMatchObject({ next_at: at, version: schedule.version + 1 });
    await expect(
      editSchedule({ backend, catalog }, schedule, { ...edit, version: schedule.version }),
    ).rejects.toThrow(StaleSchedule);
    expect(await sweep()).toEqual(["started"]);
    const id = await endRun(schedule, "done");
    expect(JSON.parse((await readJob(backend, id)).input)).toEqual({ period: "day" });
    await makeDue(schedule);
    const moved = await editSchedule({ backend, catalog }, edited, { ...edit, repeats: "yearly" });
    expect(moved.next_at).toBeGreaterThan(backend.now());
    expect(await sweep()).toEqual([]);
    await deleteSchedule(backend, schedule.id);
  });

  test("an account has no more schedules than its limit, and a repeated request makes none", async () => {
    const key = { idempotencyKey: "schedule-1", repeats: "yearly" };
    const schedule = await create(key);
    expect((await create({ ...key, maxSchedules: 1 })).id).toBe(schedule.id);
    await expect(create({ maxSchedules: 1 })).rejects.toThrow(LimitReached);
    await deleteSchedule(backend, schedule.id);
  });
});

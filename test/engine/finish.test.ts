import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobRow } from "../../server/backend/schema.ts";
import {
  fail,
  failOrRetry,
  failWithTimeout,
  finishCancelled,
  finishDone,
  finishPaused,
  maxCrashes,
  release,
  rescue,
  rescueAfterCrash,
} from "../../server/engine/finish.ts";
import { fallAsleep, giveSlotToOthers } from "../../server/engine/give-back.ts";
import { parseEvent } from "../../server/engine/job-event.ts";
import { registerWorker } from "../../server/engine/worker/heartbeat.ts";
import { Refused, TryAgain } from "../../server/job.ts";
import { noopCatalog } from "../sample-kinds/noop-catalog.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { eventTypes, insertJob, readJob, runningJob } from "../support/job-row.ts";

const noop = noopCatalog.get("noop")!;

describe.each(backends)("the end of a run on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());
  const insert = (different: Partial<JobRow> = {}) =>
    insertJob(opened.backend, runningJob(different));

  const lastEvent = async ({ id, event_seq }: JobRow) => {
    const events = opened.backend.db.selectFrom("job_events").select(["type", "details"]);
    const last = events.where("job_id", "=", id).where("seq", "=", event_seq);
    return parseEvent(await last.executeTakeFirstOrThrow());
  };

  const nap = () => ({ until: opened.backend.now() + 60_000, step: null, waitingFor: null });

  /** Every way to end, done to a running job. */
  const ends: Record<string, (job: JobRow) => Promise<JobRow | undefined>> = {
    finishDone: (job) => finishDone(opened.backend, job, { message: "Done", page: "/contacts" }),
    fail: (job) => fail(opened.backend, job, new Error("no")),
    failOrRetry: (job) => failOrRetry(opened.backend, job, noop, new TryAgain("busy")),
    finishCancelled: (job) => finishCancelled(opened.backend, job, "while_running"),
    finishPaused: (job) => finishPaused(opened.backend, job),
    failWithTimeout: (job) => failWithTimeout(opened.backend, job, 2_000),
    release: (job) => release(opened.backend, job, "interrupted"),
    giveSlotToOthers: (job) => giveSlotToOthers(opened.backend, job),
    fallAsleep: (job) => fallAsleep(opened.backend, job, nap()),
    rescue: (job) => rescue(opened.backend, job),
    rescueAfterCrash: (job) => rescueAfterCrash(opened.backend, job),
  };

  test.each(Object.keys(ends))(
    "%s takes effect once, and never with an old fence",
    async (name) => {
      const job = await insert({ fence: 2 });
      expect(await ends[name]!({ ...job, fence: 1 })).toBeUndefined();
      expect(await readJob(opened.backend, job.id)).toEqual(job);
      expect(await ends[name]!(job)).toBeDefined();
      const after = await readJob(opened.backend, job.id);
      expect(await ends[name]!(job)).toBeUndefined();
      expect(await readJob(opened.backend, job.id)).toEqual(after);
      expect(after).toMatchObject({ worker_id: null, event_seq: 1 });
    },
  );

  const asked = { cancel_requested_at: 5 };
  test.each([
    "failOrRetry",
    "finishPaused",
    "release",
    "giveSlotToOthers",
    "fallAsleep",
    "rescue",
    "rescueAfterCrash",
  ])("%s of a job with a cancel request cancels the job", async (name) => {
    const job = await insert(asked);
    expect(await ends[name]!(job)).toMatchObject({ status: "cancelled" });
    expect((await eventTypes(opened.backend, job.id)).at(-1)).toBe("cancelled");
  });

  test.each([
    "failOrRetry",
    "release",
    "giveSlotToOthers",
    "fallAsleep",
    "rescue",
    "rescueAfterCrash",
  ])("%s of a job with a pause request pauses the job", async (name) => {
    const job = await insert({ pause_requested_at: 5 });
    const row = await ends[name]!(job);
    expect(row).toMatchObject({ status: "paused", pause_requested_at: null });
  });

  test.each(["finishDone", "fail", "failWithTimeout"])(
    "%s takes effect in spite of a cancel request",
    async (name) => {
      const row = await ends[name]!(await insert(asked));
      expect(row?.status).toBe(name === "finishDone" ? "done" : "failed");
      expect(row?.pause_requested_at).toBeNull();
    },
  );

  test("a job is retried as often as its kind says, after the waits that it says", async () => {
    const kind = { ...noop, retryAfter: ["1s", "2m"] as ("1s" | "2m")[] };
    const fail = async (retries: number) =>
      failOrRetry(opened.backend, await insert({ retries }), kind, new TryAgain("busy"));
    const before = opened.backend.now();
    const second = await fail(1);
    expect(await lastEvent(second!)).toEqual({
      type: "retry_scheduled",
      details: { retry: 2, of: 2, wait_ms: 120_000, error: "busy" },
    });
    const first = { retry: 1, of: 2, wait_ms: 1_000 };
    expect(await lastEvent((await fail(0))!)).toMatchObject({ details: first });
    expect(second).toMatchObject({ status: "queued", reason: "retry", retries: 2, error: "busy" });
    expect(second!.run_at - before).toBeGreaterThanOrEqual(120_000);
    expect(second!.run_at - before).toBeLessThan(125_000);
    expect(await fail(2)).toMatchObject({ status: "failed", reason: "error", retries: 2 });
  });

  test("a job whose service asked for a wait is due behind it, and keeps its retries", async () => {
    const job = await insert({ retries: 3, eta_earliest: 70, eta_latest: 90 });
    const before = opened.backend.now();
    const busy = new TryAgain("Too many requests\0", { after: "90s" });
    const recorded = { until: 5, step: 1, requestedMs: 1_000 };
    const row = (await failOrRetry(opened.backend, { ...job, recorded }, noop, busy))!;
    const reason = "Too many requests\u{FFFD}";
    expect(row).toMatchObject({ status: "queued", reason: "sleeping", retries: 3, error: null });
    expect(row).toMatchObject({ waiting_for: reason, waiting_until: row.run_at });
    expect(row).toMatchObject({ eta_earliest: 90_070, eta_latest: 90_090 });
    expect(row.run_at - before).toBeGreaterThanOrEqual(90_000);
    // The sleep that the job had begun is not repeated.
    expect(JSON.parse(row.sleep!)).toEqual({ until: 5, step: 1, requestedMs: 91_000 });
    const details = { wait_ms: 90_000, reason };
    expect(await lastEvent(row)).toEqual({ type: "sleeping", details });
  });

  test("the error of an earlier try stays in the events alone once a job is done", async () => {
    const done = await finishDone(opened.backend, await insert({ error: "busy" }), { message: "" });
    expect(done).toMatchObject({ status: "done", error: null });
    const job = await insert({ error: "busy" });
    const cancelled = await finishCancelled(opened.backend, job, "while_running");
    expect(cancelled).toMatchObject({ status: "cancelled", error: null });
  });

  test("a run that goes on later keeps its retries and the time that it slept", async () => {
    const job = await insert({ retries: 2, timeout_ms: 60_000 });
    const claim = { ...job, retries: 0, idleMs: 9_000 };
    const released = await release(opened.backend, claim, "interrupted");
    expect(released).toMatchObject({ retries: 0, timeout_ms: 69_000 });
    const ended = await insert({ retries: 2, timeout_ms: 60_000 });
    const done = await finishDone(opened.backend, { ...ended, retries: 0 }, { message: "Done" });
    expect(done).toMatchObject({ retries: 2, timeout_ms: 60_000 });
  });

  test("a timeout stores its reason and the time that was allowed, no sentence", async () => {
    const row = await failWithTimeout(opened.backend, await insert(), 7_200_000);
    expect(row).toMatchObject({ status: "failed", reason: "timeout", error: null });
    const details = { reason: "timeout", allowed_ms: 7_200_000 };
    expect(await lastEvent(row!)).toEqual({ type: "failed", details });
  });

  test("by default only transient errors are retried, and Refused never", async () => {
    const fail = async (error: unknown, more = {}) =>
      failOrRetry(opened.backend, await insert(), { ...noop, ...more }, error);
    const reset = Object.assign(new Error("reset"), { code: "ECONNRESET" });
    const around = new Error("no answer", { cause: reset });
    for (const error of [new TryAgain("busy"), reset, around]) {
      expect(await fail(error)).toMatchObject({ status: "queued", retries: 1 });
    }
    for (const error of [new Error("no"), "text", undefined, new Refused("no")]) {
      expect((await fail(error))?.status).toBe("failed");
    }
    const always = { retryOn: () => true };
    expect((await fail(new Error("no"), always))?.status).toBe("queued");
    expect((await fail(new Refused("no"), always))?.status).toBe("failed");
  });

  test("a job that lost its worker keeps its place in the queue, however often that happens", async () => {
    const job = await insert({ run_at: 77, rescues: maxCrashes - 1 });
    const row = await rescue(opened.backend, job);
    expect(row).toMatchObject({ status: "queued", reason: "rescued", run_at: 77 });
    expect(row?.rescues).toBe(maxCrashes - 1);
  });

  test("a job whose runner crashed keeps its place in the queue, and fails the fourth time", async () => {
    const once = await rescueAfterCrash(opened.backend, await insert({ run_at: 77 }));
    expect(once).toMatchObject({ status: "queued", reason: "rescued", rescues: 1, run_at: 77 });
    const thrice = await rescueAfterCrash(opened.backend, await insert({ rescues: 2 }));
    expect(thrice).toMatchObject({ status: "queued", rescues: 3 });
    const last = await rescueAfterCrash(opened.backend, await insert({ rescues: 3 }));
    expect(last).toMatchObject({ status: "failed", reason: "worker_lost", rescues: 4 });
  });

  test("an outage of the database uses up no retry, whatever its kind retries on", async () => {
    const never = { ...noop, retryOn: () => false };
    const ended = (code: string, message: string) =>
      Object.assign(new Error(message), { severity: "FATAL", code });
    for (const error of [
      new Error("Connection terminated unexpectedly"),
      new Error("Client was closed and is not queryable"),
      ended("08P01", "server conn crashed?"),
      ended("08001", "could not connect to server"),
      ended("08004", "server rejected the connection"),
      ended("0A000", "cached plan must not change result type"),
      new Error("The batch was not saved", { cause: ended("57P01", "administrator command") }),
    ]) {
      const at = opened.backend.now();
      const row = await failOrRetry(opened.backend, await insert({ retries: 3 }), never, error);
      expect(row).toMatchObject({
        status: "queued",
        reason: "interrupted",
        retries: 3,
        error: null,
      });
      expect(row!.run_at).toBeGreaterThan(at);
    }
  });

  test("texts of the database and its driver reach no person", async () => {
    const busy = Object.assign(new Error("deadlock detected"), {
      severity: "ERROR",
      code: "40P01",
    });
    const retried = await failOrRetry(opened.backend, await insert(), noop, busy);
    expect(retried).toMatchObject({ retries: 1, error: "The database was unavailable" });
    const wrong = sql`select no_such_column from jobs`.execute(opened.backend.db);
    const thrown = await wrong.catch((error: unknown) => error);
    const failed = await failOrRetry(opened.backend, await insert(), noop, thrown);
    const error = "The database reported an error. We've logged it.";
    expect(failed).toMatchObject({ status: "failed", error });
    expect(await lastEvent(failed!)).toMatchObject({ details: { error } });
  });

  /** Times after the rescue, ms. */
  test.each([
    { what: "its last heartbeat", claimed: -60_000, heartbeat: -20_000, counted: 40_000 },
    {
      what: "its last heartbeat, before the machine slept",
      claimed: -9e6,
      heartbeat: -8e6,
      counted: 1e6,
    },
    {
      what: "its last heartbeat, before the clock was set back",
      claimed: 8e6,
      heartbeat: 9e6,
      counted: 1e6,
    },
    {
      what: "the rescue, if it claimed right after the clock was set back",
      claimed: -6_000,
      heartbeat: 9e6,
      counted: 6_000,
    },
    {
      what: "its claim, if it sent no heartbeat since",
      claimed: -6_000,
      heartbeat: -7_000,
      counted: 0,
    },
    {
      what: "its claim, right after the clock jumped ahead",
      claimed: 9e6,
      heartbeat: -7_000,
      counted: 0,
    },
  ])("a job of a lost worker ran until $what", async ({ claimed, heartbeat, counted }) => {
    const { backend } = opened;
    const worker_id = await registerWorker(backend, null);
    const now = backend.now();
    const workers = backend.db.updateTable("workers").where("id", "=", worker_id);
    await workers.set({ last_heartbeat_at: now + heartbeat }).execute();
    const job = await insert({ worker_id, claimed_at: now + claimed, running_ms: 500 });
    const atRescue = { ...backend, now: () => now };
    expect(await rescue(atRescue, job)).toMatchObject({ running_ms: 500 + counted });
  });

  test("a job of a worker that is not listed any more counts no time, because nobody knows it", async () => {
    const claimed_at = opened.backend.now() - 9e6;
    const job = await insert({ worker_id: "gone", claimed_at, running_ms: 500 });
    expect(await rescue(opened.backend, job)).toMatchObject({ running_ms: 500 });
  });

  test.each(Object.keys(ends))(
    "%s counts the time that the run measured itself, whatever the clock says",
    async (name) => {
      const job = await insert({ claimed_at: opened.backend.now() - 9e6, running_ms: 500 });
      const measured = { ...job, ranMs: 4_000 };
      expect(await ends[name]!(measured)).toMatchObject({ running_ms: 4_500 });
    },
  );

  test("a release counts neither as a retry nor as a crash", async () => {
    const row = await release(opened.backend, await insert({ rescues: 1, retries: 1 }), "rescued");
    expect(row).toMatchObject({ status: "queued", reason: "rescued", rescues: 1, retries: 1 });
  });

  test("a job that makes room keeps its place in the queue and counts no retry or rescue", async () => {
    const job = await insert({ run_at: 77, rescues: 1, retries: 1, room_requested_at: 5 });
    const row = await giveSlotToOthers(opened.backend, job);
    expect(row).toMatchObject({ status: "queued", reason: "made_room", run_at: 77 });
    expect(row).toMatchObject({ rescues: 1, retries: 1, room_requested_at: null, worker_id: null });
    expect(await lastEvent(row!)).toEqual({ type: "made_room", details: null });
  });

  test("a job that falls asleep is due at the end of its sleep and keeps its estimate", async () => {
    const job = await insert({ eta_earliest: 70, eta_latest: 90, rescues: 1 });
    const { until } = nap();
    const asleep = { until, step: 2, waitingFor: "the service is busy\0" };
    const row = await fallAsleep(opened.backend, job, asleep);
    const waiting = { waiting_until: until, waiting_for: "the service is busy\u{FFFD}" };
    expect(row).toMatchObject({ status: "queued", reason: "sleeping", run_at: until, ...waiting });
    expect(row).toMatchObject({ eta_earliest: 70, eta_latest: 90, rescues: 1 });
    expect(JSON.parse(row!.sleep!)).toEqual({ until, step: 2 });
    const details = { wait_ms: expect.any(Number), reason: waiting.waiting_for };
    expect(await lastEvent(row!)).toEqual({ type: "sleeping", details });
  });

  test("a message with characters that Postgres refuses is sanitized", async () => {
    const quoted = 'Row 3 is "\0"';
    const failed = await fail(opened.backend, await insert(), new Refused(quoted));
    expect(failed).toMatchObject({ status: "failed", error: 'Row 3 is "\u{FFFD}"' });
    const done = await finishDone(opened.backend, await insert(), { message: quoted });
    expect(done).toMatchObject({ status: "done", outcome: 'Row 3 is "\u{FFFD}"' });
  });
});

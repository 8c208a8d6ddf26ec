import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobRow } from "../../server/backend/schema.ts";
import {
  fail,
  failOrRetry,
  failWithTimeout,
  finishCancelled,
  finishDone,
  finishPaused,
  release,
  rescue,
} from "../../server/engine/finish.ts";
import { Refused, TryAgain } from "../../server/job.ts";
import { noopCatalog } from "../sample-kinds/noop-catalog.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { eventTypes, insertJob, readJob, runningJob } from "../support/job-row.ts";

const noop = noopCatalog.get("noop")!;

describe.each(backends)("ends on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());
  const insert = (different: Partial<JobRow> = {}) =>
    insertJob(opened.backend, runningJob(different));

  const lastMessage = async ({ id, event_seq }: JobRow) => {
    const events = opened.backend.db.selectFrom("job_events").select("message");
    const last = events.where("job_id", "=", id).where("seq", "=", event_seq);
    return (await last.executeTakeFirstOrThrow()).message;
  };

  /** Every way to end, done to a running job. */
  const ends: Record<string, (job: JobRow) => Promise<JobRow | undefined>> = {
    succeed: (job) => finishDone(opened.backend, job, { message: "Done", page: "/contacts" }),
    failForGood: (job) => fail(opened.backend, job, new Error("no")),
    retry: (job) => failOrRetry(opened.backend, job, noop, new TryAgain("busy")),
    cancelled: (job) => finishCancelled(opened.backend, job, "Cancelled"),
    paused: (job) => finishPaused(opened.backend, job),
    timeOut: (job) => failWithTimeout(opened.backend, job, 2_000),
    handBack: (job) => release(opened.backend, job, "interrupted"),
    rescue: (job) => rescue(opened.backend, job),
  };

  test.each(Object.keys(ends))("%s counts once, and not with an old fence", async (name) => {
    const job = await insert({ fence: 2 });
    expect(await ends[name]!({ ...job, fence: 1 })).toBeUndefined();
    expect(await readJob(opened.backend, job.id)).toEqual(job);
    expect(await ends[name]!(job)).toBeDefined();
    const after = await readJob(opened.backend, job.id);
    expect(await ends[name]!(job)).toBeUndefined();
    expect(await readJob(opened.backend, job.id)).toEqual(after);
    expect(after).toMatchObject({ worker_id: null, event_seq: 1 });
  });

  const asked = { cancel_requested_at: 5 };
  test.each(["retry", "paused", "handBack", "rescue"])(
    "%s of a job that was asked to cancel cancels it",
    async (name) => {
      const job = await insert(asked);
      expect(await ends[name]!(job)).toMatchObject({ status: "cancelled", reason: null });
      expect((await eventTypes(opened.backend, job.id)).at(-1)).toBe("cancelled");
    },
  );

  test.each(["retry", "handBack", "rescue"])(
    "%s of a job that was asked to pause pauses it",
    async (name) => {
      const job = await insert({ pause_requested_at: 5 });
      const row = await ends[name]!(job);
      expect(row).toMatchObject({ status: "paused", pause_requested_at: null });
    },
  );

  test.each(["succeed", "failForGood", "timeOut"])(
    "%s holds though it was asked to cancel",
    async (name) => {
      const row = await ends[name]!(await insert(asked));
      expect(row?.status).toBe(name === "succeed" ? "done" : "failed");
      expect(row?.pause_requested_at).toBeNull();
    },
  );

  test("retries wait as the kind says, as often as it says", async () => {
    const kind = { ...noop, retryAfter: ["1s", "2m"] as ("1s" | "2m")[] };
    const fail = async (retries: number) =>
      failOrRetry(opened.backend, await insert({ retries }), kind, new TryAgain("busy"));
    const before = opened.backend.now();
    const second = await fail(1);
    expect(await lastMessage(second!)).toBe("Retry 2 of 2 in 2 min: busy");
    expect(await lastMessage((await fail(0))!)).toBe("Retry 1 of 2 in 1 s: busy");
    expect(second).toMatchObject({ status: "queued", reason: "retry", retries: 2, error: "busy" });
    expect(second!.run_at - before).toBeGreaterThanOrEqual(120_000);
    expect(second!.run_at - before).toBeLessThan(125_000);
    expect(await fail(2)).toMatchObject({ status: "failed", reason: "error", retries: 2 });
  });

  test("the time that was not enough is told as people say it", async () => {
    const row = await failWithTimeout(opened.backend, await insert(), 7_200_000);
    expect(row!.error).toBe("Timed out after 2 h");
  });

  test("by default only what passes is tried again, never what was refused", async () => {
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

  test("a job that lost its worker goes to the front, and is given up the third time", async () => {
    const job = await insert({ run_at: 77 });
    const once = await rescue(opened.backend, job);
    expect(once).toMatchObject({ status: "queued", reason: "rescued", rescues: 1, run_at: 77 });
    const thrice = await rescue(opened.backend, await insert({ rescues: 2 }));
    expect(thrice).toMatchObject({ status: "failed", reason: "worker_lost", rescues: 3 });
  });

  test("handing back counts neither as a retry nor as a rescue", async () => {
    const row = await release(opened.backend, await insert({ rescues: 1, retries: 1 }), "rescued");
    expect(row).toMatchObject({ status: "queued", reason: "rescued", rescues: 1, retries: 1 });
  });

  test("words that quote what no database keeps end a job all the same", async () => {
    const quoted = 'Row 3 is "\0"';
    const failed = await fail(opened.backend, await insert(), new Refused(quoted));
    expect(failed).toMatchObject({ status: "failed", error: 'Row 3 is "\u{FFFD}"' });
    const done = await finishDone(opened.backend, await insert(), { message: quoted });
    expect(done).toMatchObject({ status: "done", outcome: 'Row 3 is "\u{FFFD}"' });
  });
});

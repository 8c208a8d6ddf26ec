import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StartRequest } from "../../../server/engine/start/request.ts";
import { start } from "../../../server/engine/start/start.ts";
import { LimitReached } from "../../../server/limit-reached.ts";
import { noopCatalog } from "../../sample-kinds/noop-catalog.ts";
import { addAccount, backends, openTestBackend } from "../../support/backends.ts";

const none = Number.POSITIVE_INFINITY;

describe.each(backends)("the limits of starts on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let now: number;
  beforeEach(async () => {
    opened = await openTestBackend(which);
    now = opened.backend.now();
  });
  afterEach(() => opened.close());

  const startJob = (more: Partial<StartRequest> = {}) =>
    start({ ...opened.backend, now: () => now }, noopCatalog, {
      ...{ kind: "noop", input: {}, accountId: "account-1", userId: "person-1" },
      ...more,
    });

  test("an account starts so many jobs a minute, and more a minute after the first", async () => {
    const limits = { maxStartsPerMinute: 3, maxQueuedJobs: none };
    for (let n = 0; n < 3; n++) {
      await startJob({ limits });
      now += 10_000;
    }
    const refused = await startJob({ limits }).catch((error) => error);
    expect(refused).toBeInstanceOf(LimitReached);
    // The first start was 30 s ago.
    expect(refused).toMatchObject({ limit: "maxStartsPerMinute", max: 3, retryAfterSeconds: 30 });
    now += 30_000;
    await startJob({ limits });
    await expect(startJob({ limits })).rejects.toBeInstanceOf(LimitReached);
  });

  test("jobs that ended count, those of other accounts do not", async () => {
    const limits = { maxStartsPerMinute: 1, maxQueuedJobs: none };
    await addAccount(opened.backend, "account-2");
    await startJob({ accountId: "account-2" });
    const { job } = await startJob({ limits });
    const ended = { status: "done", finished_at: now } as const;
    await opened.backend.db.updateTable("jobs").set(ended).where("id", "=", job.id).execute();
    await expect(startJob({ limits })).rejects.toBeInstanceOf(LimitReached);
  });

  test("an account has at most so many queued jobs", async () => {
    const limits = { maxStartsPerMinute: none, maxQueuedJobs: 2 };
    const { job } = await startJob({ limits, runAt: now + 60_000 });
    await startJob({ limits });
    const refused = await startJob({ limits }).catch((error) => error);
    expect(refused).toMatchObject({ limit: "maxQueuedJobs", max: 2 });
    const paused = { status: "paused" } as const;
    await opened.backend.db.updateTable("jobs").set(paused).where("id", "=", job.id).execute();
    await startJob({ limits });
  });

  test("a repeated start beyond the limit returns the job of the first", async () => {
    const limits = { maxStartsPerMinute: 1, maxQueuedJobs: 1 };
    const first = await startJob({ limits, idempotencyKey: "once" });
    const again = await startJob({ limits, idempotencyKey: "once" });
    expect(again).toMatchObject({ repeated: true, job: { id: first.job.id } });
    await expect(startJob({ limits, idempotencyKey: "other" })).rejects.toThrow(LimitReached);
  });

  test("a start of the system itself has no limit", async () => {
    for (let n = 0; n < 3; n++) expect((await startJob()).repeated).toBe(false);
  });
});

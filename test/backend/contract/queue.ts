import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test, vi } from "vitest";
import type { Backend } from "../../../server/backend/backend.ts";
import type { JobRow } from "../../../server/backend/schema.ts";
import { UnlistedWorker } from "../../../server/backend/unlisted-worker.ts";
import { release } from "../../../server/engine/finish.ts";
import { start } from "../../../server/engine/start/start.ts";
import { noopCatalog } from "../../sample-kinds/noop-catalog.ts";
import { addAccount, addWorker } from "../../support/backends.ts";
import { eventTypes } from "../../support/job-row.ts";

/** The tests that every queue must pass: which job is claimed, when, and how often. */
export function queueContract(backend: () => Backend): void {
  const startJob = async (accountId: string, more: { runAt?: number; kind?: string } = {}) => {
    const request = { kind: "noop", input: {}, accountId, userId: `user-of-${accountId}`, ...more };
    return (await start(backend(), noopCatalog, request)).job;
  };
  let accounts = 0;
  const newAccount = async (maxRunning = 5) => {
    const id = `queue-${++accounts}`;
    await addAccount(backend(), id, maxRunning);
    return id;
  };
  beforeAll(async () => {
    for (const id of ["drain", "listener", "a", "b", "w", "w1", "w2"])
      await addWorker(backend(), id);
  });
  const drain = async () => {
    while (await backend().queue.claim("drain"));
  };

  test("ten concurrent claims claim a job once, raise its fence and count it in its account", async () => {
    const account = await newAccount();
    const job = await startJob(account);
    const claims = await Promise.all(Array.from({ length: 10 }, () => backend().queue.claim("w1")));
    const got = claims.filter((row) => row?.id === job.id);
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ status: "running", fence: 1, worker_id: "w1" });
    const row = await backend()
      .db.selectFrom("accounts")
      .select("running_jobs")
      .where("id", "=", account)
      .executeTakeFirstOrThrow();
    expect(row.running_jobs).toBe(1);
    await drain();
  });

  test("a worker that was struck off the list claims nothing, and a listed one gets the job", async () => {
    await drain();
    const job = await startJob(await newAccount());
    await addWorker(backend(), "struck-off");
    await backend().db.deleteFrom("workers").where("id", "=", "struck-off").execute();
    await expect(backend().queue.claim("struck-off")).rejects.toThrow(UnlistedWorker);
    const jobs = backend().db.selectFrom("jobs").select(["status", "fence", "worker_id"]);
    const after = await jobs.where("id", "=", job.id).executeTakeFirstOrThrow();
    expect(after).toEqual({ status: "queued", fence: 0, worker_id: null });
    expect((await backend().queue.claim("w"))?.id).toBe(job.id);
    await expect(backend().queue.claim("struck-off")).rejects.toThrow(UnlistedWorker);
  });

  test("an account never runs more jobs than its limit with many claiming workers", async () => {
    const account = await newAccount(2);
    for (let n = 0; n < 6; n++) await startJob(account);
    const claims = await Promise.all(Array.from({ length: 12 }, () => backend().queue.claim("w")));
    expect(claims.filter((row) => row?.account_id === account)).toHaveLength(2);
  });

  test("jobs that ignore their account's limit may run up to twice the limit", async () => {
    await drain();
    const account = await newAccount(2);
    for (let n = 0; n < 3; n++) await startJob(account);
    for (let n = 0; n < 2; n++) await backend().queue.claim("w");
    for (let n = 0; n < 6; n++) await startJob(account, { kind: "before_all" });
    const claims = await Promise.all(Array.from({ length: 8 }, () => backend().queue.claim("w")));
    const claimed = claims.filter((row) => row?.account_id === account);
    expect(claimed.map((row) => row?.kind)).toEqual(["before_all", "before_all"]);
  });

  test("a job of a quiet account is claimed before the many jobs of a busy one", async () => {
    await drain();
    const greedy = await newAccount(1_000);
    const small = await newAccount();
    for (let n = 0; n < 30; n++) await startJob(greedy);
    await backend().queue.claim("w");
    await startJob(small);
    expect((await backend().queue.claim("w"))?.account_id).toBe(small);
    await drain();
  });

  test("a reserved slot takes first jobs, urgent ones and those of yielding kinds alone", async () => {
    await drain();
    const account = await newAccount();
    const claimReserved = (...yieldingKinds: string[]) =>
      backend().queue.claim("w", { yieldingKinds });
    const first = await startJob(account);
    expect((await claimReserved())?.id).toBe(first.id);
    await startJob(account);
    expect(await claimReserved()).toBeUndefined();
    expect(await claimReserved("other", "urgent")).toBeUndefined();
    const makingRoom = await startJob(account, { kind: "before_all" });
    expect((await claimReserved())?.id).toBe(makingRoom.id);
    expect((await claimReserved("other", "noop"))?.account_id).toBe(account);
    await startJob(account);
    expect((await backend().queue.claim("w"))?.account_id).toBe(account);
  });

  test("a job is claimed by its priority, lowest number first, and not before its time", async () => {
    await drain();
    const account = await newAccount(10);
    const later = await startJob(account, { runAt: backend().now() + 60_000 });
    const plain = await startJob(account);
    const urgent = await startJob(account, { kind: "urgent" });
    expect((await backend().queue.claim("w"))?.id).toBe(urgent.id);
    expect((await backend().queue.claim("w"))?.id).toBe(plain.id);
    expect(await backend().queue.claim("w")).toBeUndefined();
    expect(later.status).toBe("queued");
  });

  test("a listener runs jobs until it is stopped", async () => {
    await drain();
    const account = await newAccount(10);
    const claimed: string[] = [];
    const listener = await backend().queue.listen({
      concurrency: 2,
      async runNext() {
        const row = await backend().queue.claim("listener");
        if (row) claimed.push(row.id);
        return row !== undefined;
      },
    });
    const job = await startJob(account);
    await vi.waitFor(() => expect(claimed).toContain(job.id), 10_000);
    await listener.stop();
    const after = await startJob(account);
    await sleep(1_500);
    expect(claimed).not.toContain(after.id);
  });

  test("a listener runs as many jobs at once as its concurrency, and no more", async () => {
    await drain();
    const account = await newAccount(100);
    for (let n = 0; n < 8; n++) await startJob(account);
    let running = 0;
    let maxRunning = 0;
    let done = 0;
    const listener = await backend().queue.listen({
      concurrency: 3,
      async runNext() {
        const row = await backend().queue.claim("listener");
        if (!row) return false;
        maxRunning = Math.max(maxRunning, ++running);
        // The first jobs wait for the third, so that a slow machine runs them together too.
        await vi.waitFor(() => expect(maxRunning).toBe(3), 10_000);
        await sleep(100);
        running--;
        done++;
        return true;
      },
    });
    await vi.waitFor(() => expect(done).toBe(8), 15_000);
    await listener.stop();
    expect(maxRunning).toBe(3);
  });

  /** Ends the run of a claimed job, so that it can be claimed again. */
  const giveBack = async (job: JobRow, runningMs: number) => {
    await release(backend(), job, "interrupted");
    const jobs = backend().db.updateTable("jobs").where("id", "=", job.id);
    await jobs.set({ running_ms: runningMs, run_at: 0 }).execute();
  };

  test("a second claim keeps the start of the first run and counts on from its fence", async () => {
    await drain();
    await startJob(await newAccount());
    const first = (await backend().queue.claim("w1"))!;
    expect(first.started_at).toBe(first.claimed_at);
    await giveBack(first, 0);
    // A claim in the same millisecond could not be told from one that starts anew.
    await vi.waitFor(() => expect(backend().now()).toBeGreaterThan(first.claimed_at!));
    const second = (await backend().queue.claim("w2"))!;
    expect(second).toMatchObject({ id: first.id, fence: first.fence + 1, worker_id: "w2" });
    expect(second.claimed_at).toBeGreaterThan(first.claimed_at!);
    expect(second.started_at).toBe(first.started_at);
    expect(second.last_progress_at).toBe(second.claimed_at);
    expect(await eventTypes(backend(), first.id)).toEqual([
      ...["created", "started", "interrupted", "continued"],
    ]);
    await drain();
  });

  test("a second claim allows only the time that earlier runs have left", async () => {
    await drain();
    await startJob(await newAccount());
    const first = (await backend().queue.claim("w"))!;
    expect(first.deadline_at).toBe(first.claimed_at! + first.timeout_ms);
    await giveBack(first, 1_234);
    const second = (await backend().queue.claim("w"))!;
    expect(second.deadline_at).toBe(second.claimed_at! + second.timeout_ms - 1_234);
    await drain();
  });

  test("a job that is enqueued twice is claimed once", async () => {
    await drain();
    const account = await newAccount();
    const job = await startJob(account);
    await backend().write((tx) => tx.enqueue({ id: job.id, runAt: backend().now(), priority: 0 }));
    const claims = await Promise.all([backend().queue.claim("a"), backend().queue.claim("b")]);
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
}

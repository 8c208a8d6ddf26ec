import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Backend } from "../../../server/backend/backend.ts";
import { claim } from "../../../server/engine/claim.ts";
import { start } from "../../../server/engine/start/start.ts";
import { addAccount } from "../../support/backends.ts";
import { testCatalog } from "../../support/kinds.ts";

/** What every backend's queue promises about who is claimed, when and by whom. */
export function queueContract(backend: () => Backend): void {
  const startOne = async (accountId: string, more: { runAt?: number; kind?: string } = {}) => {
    const request = { kind: "noop", input: {}, accountId, userId: `user-of-${accountId}`, ...more };
    return (await start(backend(), testCatalog, request)).job;
  };
  let accounts = 0;
  const newAccount = async (maxRunning = 5) => {
    const id = `queue-${++accounts}`;
    await addAccount(backend(), id, maxRunning);
    return id;
  };
  const drain = async () => {
    while (await claim(backend(), "drain"));
  };

  test("a job is claimed once, with its fence raised and the account counted", async () => {
    const account = await newAccount();
    const job = await startOne(account);
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim(backend(), "w1")));
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

  test("an account never runs more than its limit, whoever claims", async () => {
    const account = await newAccount(2);
    for (let n = 0; n < 6; n++) await startOne(account);
    const claims = await Promise.all(Array.from({ length: 12 }, () => claim(backend(), "w")));
    expect(claims.filter((row) => row?.account_id === account)).toHaveLength(2);
  });

  test("what does not wait for an account's others has as many places again, and no more", async () => {
    await drain();
    const account = await newAccount(2);
    for (let n = 0; n < 3; n++) await startOne(account);
    for (let n = 0; n < 2; n++) await claim(backend(), "w");
    for (let n = 0; n < 6; n++) await startOne(account, { kind: "before_all" });
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(backend(), "w")));
    const claimed = claims.filter((row) => row?.account_id === account);
    expect(claimed.map((row) => row?.kind)).toEqual(["before_all", "before_all"]);
  });

  test("one account's many jobs do not keep another's single job waiting", async () => {
    await drain();
    const greedy = await newAccount(1_000);
    const small = await newAccount();
    for (let n = 0; n < 30; n++) await startOne(greedy);
    await claim(backend(), "w");
    await startOne(small);
    expect((await claim(backend(), "w"))?.account_id).toBe(small);
    await drain();
  });

  test("lower priority numbers go first, and nothing before its time", async () => {
    await drain();
    const account = await newAccount(10);
    const later = await startOne(account, { runAt: backend().now() + 60_000 });
    const plain = await startOne(account);
    const urgent = await startOne(account, { kind: "urgent" });
    expect((await claim(backend(), "w"))?.id).toBe(urgent.id);
    expect((await claim(backend(), "w"))?.id).toBe(plain.id);
    expect(await claim(backend(), "w")).toBeUndefined();
    expect(later.status).toBe("queued");
  });

  test("a listener is called when a job is started, and no more once it stopped", async () => {
    await drain();
    const account = await newAccount(10);
    const claimed: string[] = [];
    const listening = await backend().queue.listen({
      slots: 2,
      async answer() {
        const row = await claim(backend(), "listener");
        if (row) claimed.push(row.id);
        return row !== undefined;
      },
    });
    const job = await startOne(account);
    await vi.waitFor(() => expect(claimed).toContain(job.id), 10_000);
    await listening.stop();
    const after = await startOne(account);
    await sleep(1_500);
    expect(claimed).not.toContain(after.id);
  });

  test("a listener runs no more answers at a time than it has slots", async () => {
    await drain();
    const account = await newAccount(100);
    for (let n = 0; n < 8; n++) await startOne(account);
    let now = 0;
    let most = 0;
    let done = 0;
    const listening = await backend().queue.listen({
      slots: 3,
      async answer() {
        const row = await claim(backend(), "listener");
        if (!row) return false;
        most = Math.max(most, ++now);
        await sleep(100);
        now--;
        done++;
        return true;
      },
    });
    await vi.waitFor(() => expect(done).toBe(8), 15_000);
    await listening.stop();
    expect(most).toBe(3);
  });

  test("a lost doorbell can be rung again", async () => {
    await drain();
    const account = await newAccount();
    const job = await startOne(account);
    await backend().write((tx) => tx.ring({ id: job.id, runAt: backend().now(), priority: 0 }));
    const claims = await Promise.all([claim(backend(), "a"), claim(backend(), "b")]);
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
}

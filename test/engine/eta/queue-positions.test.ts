import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "../../../server/backend/backend.ts";
import type { JobRow } from "../../../server/backend/schema.ts";
import { withQueuePositions } from "../../../server/engine/eta/queue-positions.ts";
import { addAccount, backends, openTestBackend } from "../../support/backends.ts";
import { insertJob, runningJob } from "../../support/job-row.ts";

describe.each(backends)("queue positions on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let backend: Backend;
  beforeEach(async () => {
    opened = await openTestBackend(which);
    ({ backend } = opened);
    await addAccount(backend, "account-2");
  });
  afterEach(() => opened.close());

  const add = (different: Partial<JobRow> = {}) => insertJob(backend, different);
  const positionsOf = async (jobs: JobRow[]) =>
    (await withQueuePositions(backend, jobs)).map((j) => j.queuePosition);
  const positions = async (jobs: JobRow[]) =>
    (await positionsOf(jobs)).map((queued) => queued?.position);

  async function fill(counts: { running_jobs: number; max_running_jobs: number }): Promise<void> {
    const account = backend.db.updateTable("accounts").set(counts);
    await account.where("id", "=", "account-1").execute();
  }

  test("jobs are numbered within their account in the order of the claims", async () => {
    const jobs = [
      await add({ run_at: 20 }),
      await add({ run_at: 10 }),
      await add({ run_at: 30, priority: -1 }),
      await add({ account_id: "account-2", run_at: 40 }),
      await add({ run_at: 20 }),
    ];
    expect(await positions(jobs)).toEqual([3, 2, 1, 1, 4]);
    const claimed = [];
    for (let n = 0; n < 5; n++) claimed.push((await backend.queue.claim("worker-1"))!);
    const ofAccount = claimed.filter(({ account_id }) => account_id === "account-1");
    const order = [jobs[2]!, jobs[1]!, jobs[0]!, jobs[4]!].map(({ id }) => id);
    expect(ofAccount.map(({ id }) => id)).toEqual(order);
  });

  test("only due jobs have a position", async () => {
    const later = backend.now() + 60_000;
    const jobs = [
      await add({ run_at: later }),
      await add({ status: "paused" }),
      await add(runningJob()),
      await add({ status: "done", finished_at: 1 }),
      await add(),
    ];
    expect(await positions(jobs)).toEqual([undefined, undefined, undefined, undefined, 1]);
  });

  test("a job behind the hundredth has no number", async () => {
    const first = await add({ run_at: 1 });
    for (let n = 0; n < 99; n++) await add({ run_at: 2 });
    const last = await add({ run_at: 3 });
    expect(await positions([first, last])).toEqual([1, null]);
  });

  test("a start is estimated from running jobs and past durations", async () => {
    const now = backend.now();
    await fill({ running_jobs: 2, max_running_jobs: 2 });
    const ended = { status: "done", finished_at: now - 1_000, running_ms: 30_000 } as const;
    await add(ended);
    await add({ ...ended, input_bytes: 1_000, kind: "urgent" });
    // One has an estimate of its own; the other has run for 10 of its typical 30 seconds.
    await add(
      runningJob({ claimed_at: now - 5_000, eta_earliest: now + 55_000, eta_latest: now + 65_000 }),
    );
    await add(runningJob({ claimed_at: now - 10_000 }));
    const jobs = [
      await add({ run_at: 1, kind: "urgent", input_bytes: 2_000 }),
      await add({ run_at: 2 }),
      await add({ run_at: 3, kind: "rare" }),
      await add({ run_at: 4 }),
      await add({ run_at: 5 }),
    ];
    const lines = await positionsOf(jobs);
    expect(lines.map((line) => line?.runningAtLimit)).toEqual([2, 2, 2, 2, 2]);
    const begin = lines.map((line) => line?.startsAt && Math.round((line.startsAt - now) / 10_000));
    // 20 s; 60 s; behind the first, which takes twice 30 s; behind the second; then nobody knows.
    expect(begin).toEqual([2, 6, 8, 9, 12]);
  });

  test("a job has no estimated start while its account is below the limit", async () => {
    await fill({ running_jobs: 1, max_running_jobs: 2 });
    const [line] = await positionsOf([await add()]);
    expect(line).toEqual({ position: 1, startsAt: null, runningAtLimit: null });
  });
});

import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { registerWorker, sendHeartbeat } from "../../../server/engine/worker/heartbeat.ts";
import {
  claimCleanups,
  createSweeper,
  deferCleanup,
  rescueOrphans,
  rescueUnknownJobs,
} from "../../../server/engine/worker/sweep.ts";
import { createLog } from "../../../server/log.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { insertJob, readJob, runningJob } from "../../support/job-row.ts";

describe.each(backends)("the sweep on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let clock = 0;
  beforeEach(async () => {
    opened = await openTestBackend(which);
    await opened.backend.db.deleteFrom("workers").execute();
    clock = 0;
  });
  afterEach(() => opened.close());

  const sweeper = () => createSweeper(opened.backend, createLog("silent", "worker"), () => clock);
  const workers = async () =>
    (await opened.backend.db.selectFrom("workers").select("id").orderBy("id").execute()).map(
      ({ id }) => id,
    );

  test("the sweep removes a worker without a heartbeat for five seconds and no other", async () => {
    const { backend } = opened;
    const [own, steady, silent] = [
      await registerWorker(backend, null),
      await registerWorker(backend, null),
      await registerWorker(backend, null),
    ];
    const job = await insertJob(backend, runningJob({ worker_id: silent }));
    const unharmed = await insertJob(backend, runningJob({ worker_id: steady }));
    const { sweep } = sweeper();
    for (clock = 0; clock < 2_500; clock += 500) {
      await sendHeartbeat(backend, steady, null);
      await sweep(own);
      // The sweeper sends no heartbeat here, and does not remove itself.
      expect(await workers()).toEqual([own, steady, silent]);
    }
    expect((await readJob(backend, job.id)).status).toBe("running");
    for (clock = 4_000; clock <= 5_500; clock += 1_500) {
      await sendHeartbeat(backend, steady, null);
      await sweep(own);
    }
    expect(await workers()).toEqual([own, steady]);
    expect(await readJob(backend, job.id)).toMatchObject({ status: "queued", reason: "rescued" });
    expect((await readJob(backend, unharmed.id)).status).toBe("running");
    expect(await sendHeartbeat(backend, silent, null)).toBeUndefined();
  });

  test.each([-3_600_000, 3_600_000])(
    "the sweep removes no worker whose clock differs by %i ms",
    async (jump) => {
      const { backend } = opened;
      const own = await registerWorker(backend, null);
      const other = await registerWorker(backend, null);
      const { sweep } = sweeper();
      for (clock = 0; clock < 20_000; clock += 1_000) {
        await sendHeartbeat(backend, other, null);
        const skewed = { last_heartbeat_at: sql<number>`last_heartbeat_at + ${jump}` };
        await backend.db.updateTable("workers").set(skewed).where("id", "=", other).execute();
        await sweep(own);
      }
      expect(await workers()).toEqual([own, other]);
    },
  );

  test("the sweep removes no worker after it was suspended itself", async () => {
    const { backend } = opened;
    const [own, other] = [await registerWorker(backend, null), await registerWorker(backend, null)];
    const { sweep } = sweeper();
    await sweep(own);
    const swept = sweep(own);
    clock = 60_000;
    await swept;
    expect(await workers()).toEqual([own, other]);
    await sweep(own);
    expect(await workers()).toEqual([own, other]);
    clock = 62_500;
    await sweep(own);
    expect(await workers()).toEqual([own]);
  });

  test("the sweep removes no worker that could not reach the database for as long as itself", async () => {
    const { backend } = opened;
    const [own, other] = [await registerWorker(backend, null), await registerWorker(backend, null)];
    const { sweep } = sweeper();
    await sweep(own);
    clock = 7_000;
    await sweep(own);
    expect(await workers()).toEqual([own, other]);
    clock = 8_000;
    await sendHeartbeat(backend, other, null);
    for (; clock < 12_000; clock += 1_000) await sweep(own);
    expect(await workers()).toEqual([own, other]);
    clock = 13_000;
    await sweep(own);
    expect(await workers()).toEqual([own]);
  });

  test("jobs of a worker that is lost again and again are never counted as crashed", async () => {
    const { backend } = opened;
    const { id } = await insertJob(backend, runningJob({ worker_id: "gone" }));
    for (let loss = 0; loss < 9; loss++) {
      await rescueOrphans(backend);
      expect(await readJob(backend, id)).toMatchObject({ status: "queued", rescues: 0 });
      const again = backend.db.updateTable("jobs").where("id", "=", id);
      await again.set({ status: "running", worker_id: "gone" }).execute();
    }
  });

  test("the jobs of a removed worker ran until its last heartbeat", async () => {
    const { backend } = opened;
    const [own, lost] = [await registerWorker(backend, null), await registerWorker(backend, null)];
    const claimed_at = backend.now() - 60_000;
    const { id } = await insertJob(backend, runningJob({ worker_id: lost, claimed_at }));
    const last = { last_heartbeat_at: claimed_at + 40_000 };
    await backend.db.updateTable("workers").set(last).where("id", "=", lost).execute();
    const { sweep } = sweeper();
    await sweep(own);
    clock = 2_500;
    await sweep(own);
    expect(await workers()).toEqual([own]);
    expect(await readJob(backend, id)).toMatchObject({ status: "queued", running_ms: 40_000 });
  });

  test("a job that its worker does not run counts no time", async () => {
    const { backend } = opened;
    const worker_id = await registerWorker(backend, null);
    const job = await insertJob(backend, runningJob({ worker_id, claimed_at: 1_000 }));
    await rescueUnknownJobs(backend, [job], () => false);
    expect(await readJob(backend, job.id)).toMatchObject({ status: "queued", running_ms: 0 });
  });

  test("a heartbeat moves the claims to the new clock in its own transaction", async () => {
    const { backend } = opened;
    const worker_id = await registerWorker(backend, null);
    const deadlines = { claimed_at: 1_000, deadline_at: 9_000 };
    const { id } = await insertJob(backend, runningJob({ worker_id, ...deadlines }));
    const beats = backend.db.selectFrom("workers").select("heartbeat_count");
    const refuse = () => {
      throw new Error("on purpose");
    };
    await expect(sendHeartbeat(backend, worker_id, null, refuse)).rejects.toThrow("on purpose");
    expect(await beats.execute()).toEqual([{ heartbeat_count: 0 }]);
    await sendHeartbeat(backend, worker_id, null, (jobs, clockOffset) => {
      expect(Math.abs(clockOffset + performance.now() - backend.now())).toBeLessThan(1_000);
      return jobs.map((job) => ({ ...job, claimedAt: 101_000 }));
    });
    expect(await beats.execute()).toEqual([{ heartbeat_count: 1 }]);
    const moved = { claimed_at: 101_000, deadline_at: 109_000, version: 2 };
    expect(await readJob(backend, id)).toMatchObject(moved);
  });

  test("the sweep removes a worker that was already silent after half the time", async () => {
    const { backend } = opened;
    const dead = await registerWorker(backend, null);
    const long = { last_heartbeat_at: backend.now() - 60_000 };
    await backend.db.updateTable("workers").set(long).where("id", "=", dead).execute();
    const own = await registerWorker(backend, null);
    const { sweep } = sweeper();
    await sweep(own);
    clock = 2_000;
    await sweep(own);
    expect(await workers()).toContain(dead);
    clock = 2_500;
    await sweep(own);
    expect(await workers()).toEqual([own]);
  });

  test("a due cleanup is claimed again after its lease until the job needs none", async () => {
    const { backend } = opened;
    const ended = { status: "cancelled" as const, fence: 1, finished_at: backend.now() - 9_000 };
    const dueJob = await insertJob(backend, { ...ended, cleanup_due_at: 1 });
    await insertJob(backend, { ...ended, cleanup_due_at: 1, finished_at: backend.now() });
    await insertJob(backend, ended);
    const claimedIds = async () => (await claimCleanups(backend, 5)).map(({ id }) => id);
    expect(await claimedIds()).toEqual([dueJob.id]);
    expect(await claimedIds()).toEqual([]);
    const { cleanup_due_at } = await readJob(backend, dueJob.id);
    expect(cleanup_due_at).toBeGreaterThan(backend.now());
    // The lease expires without a report.
    const jobs = backend.db.updateTable("jobs").where("id", "=", dueJob.id);
    await jobs.set({ cleanup_due_at: backend.now() - 1 }).execute();
    await deferCleanup(backend, dueJob.id, 60_000);
    expect(await claimedIds()).toEqual([]);
    await jobs.set({ cleanup_due_at: backend.now() - 1 }).execute();
    expect(await claimedIds()).toEqual([dueJob.id]);
    await jobs.set({ cleanup_due_at: null }).execute();
    await deferCleanup(backend, dueJob.id, -60_000);
    expect(await claimedIds()).toEqual([]);
  });
});

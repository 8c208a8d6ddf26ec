import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { resume } from "../../../server/engine/pause.ts";
import { defineJob, TryAgain } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob } from "../../support/in-process.ts";
import { insertJob, jobRow, readJob } from "../../support/job-row.ts";

describe.each(backends)("the history of a run on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  const described = {
    title: "Remembers",
    description: "",
    input: z.object({}),
    retryAfter: ["8s"] as ["8s"],
  };

  /** @returns the job's row once it has an estimated end */
  function expecting(id: string) {
    return vi.waitFor(
      async () => {
        const row = await readJob(opened.backend, id);
        expect(row.eta_latest).not.toBeNull();
        return row;
      },
      { timeout: 10_000, interval: 50 },
    );
  }

  test("a job without progress is expected to take as long as past jobs", async () => {
    const estimated = Promise.withResolvers<void>();
    const kind = defineJob({
      ...described,
      steps: { Waiting: 1 },
      async run(job) {
        await job.step("Waiting", () => estimated.promise);
        return { message: "Done" };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    const name = [...job.catalog.keys()][0]!;
    for (let n = 0; n < 3; n++) {
      const ended = { status: "done", finished_at: 5 + n, running_ms: 20_000 } as const;
      const past = await insertJob(opened.backend, { ...ended, kind: name });
      const step = { job_id: past.id, position: 0, name: "Waiting", weight: 1, running_ms: 20_000 };
      const rows = opened.backend.db.insertInto("job_steps");
      await rows.values({ ...step, status: "done" }).execute();
    }
    const run = job.run();
    const row = await expecting(job.id);
    const middle = (row.eta_earliest! + row.eta_latest!) / 2 - row.claimed_at!;
    expect(middle).toBeGreaterThan(18_000);
    expect(middle).toBeLessThan(22_000);
    estimated.resolve();
    await run;
  });

  test("a first job shows an estimate by the shares of the steps in jobs of other accounts", async () => {
    const estimated = Promise.withResolvers<void>();
    const kind = defineJob({
      ...described,
      steps: { Reading: 1, Saving: 1 },
      async run(job) {
        await job.step("Reading", async () => {
          for (let done = 1; done <= 30; done++) {
            await sleep(20);
            job.progress(done, 100);
          }
          await estimated.promise;
        });
        return { message: "Done" };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    const name = [...job.catalog.keys()][0]!;
    const other = { id: "account-2", name: "Other", created_at: 0 };
    await opened.backend.db.insertInto("accounts").values(other).execute();
    const ended = { status: "done", finished_at: 5, account_id: other.id } as const;
    const past = await insertJob(opened.backend, { ...ended, kind: name, running_ms: 100_000 });
    for (const [position, running_ms] of [20_000, 80_000].entries()) {
      const step = { job_id: past.id, position, name: `${position}`, weight: 1, running_ms };
      await opened.backend.db
        .insertInto("job_steps")
        .values({ ...step, status: "done" })
        .execute();
    }
    const run = job.run();
    const row = await expecting(job.id);
    // Reading takes about 2 s, and saving four times as long, not as long as the declared shares say.
    const middle = (row.eta_earliest! + row.eta_latest!) / 2 - row.claimed_at!;
    expect(middle).toBeGreaterThan(6_000);
    expect(middle).toBeLessThan(40_000);
    estimated.resolve();
    await run;
  });

  test("a later step is expected to take as long as its total, which the job announces", async () => {
    const estimated = Promise.withResolvers<void>();
    const kind = defineJob({
      ...described,
      steps: { Reading: 1, Saving: 1 },
      async run(job) {
        await job.step("Reading", async () => {
          job.expect("Saving", 400);
          job.progress(1, 100);
          await estimated.promise;
        });
        return { message: "Done" };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    const name = [...job.catalog.keys()][0]!;
    const ended = { status: "done", finished_at: 5, kind: name, running_ms: 20_000 } as const;
    const past = await insertJob(opened.backend, ended);
    for (const position of [0, 1]) {
      const step = { job_id: past.id, position, name: `${position}`, weight: 1, total: 100 };
      await opened.backend.db
        .insertInto("job_steps")
        .values({ ...step, status: "done", running_ms: 10_000 })
        .execute();
    }
    const run = job.run();
    const row = await expecting(job.id);
    // Reading takes 10 s, and saving four times as long as it did for a hundred items.
    const middle = (row.eta_earliest! + row.eta_latest!) / 2 - row.claimed_at!;
    expect(middle).toBeGreaterThan(45_000);
    expect(middle).toBeLessThan(55_000);
    estimated.resolve();
    await run;
  });

  test("steps record their total and their running time without pauses", async () => {
    let pause = true;
    const kind = defineJob({
      ...described,
      steps: { Counting: 1, Ending: 1 },
      async run(job) {
        await job.step("Counting", async () => {
          job.progress(3, 7);
          await sleep(300);
          if (pause) stopping.stop("pause");
          pause = false;
          job.signal.throwIfAborted();
          job.progress(7, 7);
        });
        await job.step("Ending", () => sleep(200));
        return { message: "Done" };
      },
    });
    const stopping = await createJob(opened.backend, opened.dir, kind);
    expect((await stopping.run()).status).toBe("paused");
    await sleep(1_000);
    await resume({ backend: opened.backend }, stopping.id, "person-1");
    const row = await stopping.run();
    const steps = await opened.backend.db
      .selectFrom("job_steps")
      .select(["running_ms", "total"])
      .where("job_id", "=", stopping.id)
      .orderBy("position")
      .execute();
    expect(steps.map(({ total }) => total)).toEqual([7, null]);
    const [counting, ending] = steps.map(({ running_ms }) => running_ms!);
    expect(counting).toBeGreaterThanOrEqual(600);
    expect(counting).toBeLessThan(1_500);
    expect(ending).toBeGreaterThanOrEqual(200);
    expect(counting! + ending!).toBeLessThanOrEqual(row.running_ms);
  });

  test("an estimate includes the wait for a retry, and the next run uses the samples of the last one", async () => {
    let fails = true;
    const kind = defineJob({
      ...described,
      steps: { Counting: 1 },
      async run(job) {
        await job.step("Counting", () =>
          job.batches({
            total: 300,
            async *from(counted: number = 0) {
              for (let next = counted + 1; next <= 300; next++) {
                await job.sleep(75);
                if (next === 60 && fails) throw new TryAgain("busy");
                yield { items: [next], cursor: next };
              }
            },
          }),
        );
        return { message: "Done" };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    const first = await job.run();
    fails = false;
    const at = opened.backend.now();
    expect(first.status).toBe("queued");
    // 240 are left, thirteen a second or somewhat fewer, behind a wait of 8 s.
    const middle = (first.eta_earliest! + first.eta_latest!) / 2 - at;
    expect(middle).toBeGreaterThan(21_000);
    expect(middle).toBeLessThan(40_000);

    const due = opened.backend.db.updateTable("jobs").set({ run_at: 0 });
    await due.where("id", "=", job.id).execute();
    const run = job.run();
    await sleep(1_500);
    // The second run alone has too few samples so soon, and it replaced the first run's estimate.
    const again = await readJob(opened.backend, job.id);
    job.stop("shutdown");
    await run;
    expect(again).toMatchObject({ fence: 2, status: "running" });
    expect(again.eta_latest).not.toBeNull();
    expect(again.eta_latest).not.toBe(first.eta_latest);
  });

  test("the row shows an announced wait while it lasts", async () => {
    const kind = defineJob({
      ...described,
      steps: { Waiting: 1 },
      async run(job) {
        await job.step("Waiting", () => job.sleep(3_500, "the service allows 10 a minute"));
        return { message: "Done" };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    const run = job.run();
    await vi.waitFor(async () => {
      const row = await readJob(opened.backend, job.id);
      expect(row.waiting_for).toBe("the service allows 10 a minute");
      expect(row.waiting_until! - row.claimed_at!).toBeGreaterThan(3_400);
    }, 3_000);
    const { waiting_until, waiting_for } = jobRow();
    expect(await run).toMatchObject({ waiting_until, waiting_for, status: "done" });
  });
});

import { existsSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { cancel } from "../../../server/engine/cancel.ts";
import { rescue } from "../../../server/engine/finish.ts";
import { defineJob, type Kind, TryAgain } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob } from "../../support/in-process.ts";
import { eventTypes, readJob } from "../../support/job-row.ts";

const kind = (run: Kind["run"]) =>
  defineJob({ title: "", description: "", input: z.object({}), steps: { Doing: 1 }, run });
const sqlite = backends.filter(({ name }) => name === "sqlite");

describe.each(sqlite)("successful runs on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());
  /** Makes the database reject such rows until the returned function is called. */
  async function refuse(column: string, rows: string) {
    const { db } = opened.backend;
    await sql`create trigger refused before update of ${sql.ref(column)} on jobs
      when ${sql.raw(rows)} begin select raise(abort, 'refused'); end`.execute(db);
    return () => sql`drop trigger refused`.execute(db);
  }

  test("a run succeeds even if its last progress could not be saved", async () => {
    const job = await createJob(
      opened.backend,
      opened.dir,
      kind(async (job) => {
        job.progress(1, 2, "Halfway");
        return { message: "Done" };
      }),
    );
    const allow = await refuse("message", "new.message = 'Halfway'");
    expect(await job.run()).toMatchObject({ status: "done", outcome: "Done" });
    await allow();
  });

  test("a run does not fail the job if its end could not be saved", async () => {
    const ready = kind(async () => ({ message: "Done" }));
    const job = await createJob(opened.backend, opened.dir, ready);
    const allow = await refuse("status", "new.status = 'done'");
    await expect(job.run()).rejects.toThrow("refused");
    expect(await readJob(opened.backend, job.id)).toMatchObject({ status: "running", retries: 0 });
    await allow();
  });
});

describe.each(backends)("runs on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());

  test("a run without a result fails with a clear error", async () => {
    const silent = kind((async () => {}) as unknown as Kind["run"]);
    const job = await createJob(opened.backend, opened.dir, silent);
    const ended = await job.run();
    expect(ended.status).toBe("failed");
    expect(ended.error).toContain("returns { message }");
  });

  test.each(["batches", "steps"])(
    "a retry that gets further in its %s renews the budget, and a run that is released keeps that",
    async (how) => {
      const attempts: number[] = [];
      const numbers = async function* (from = 0) {
        for (let next = from + 1; next <= 4; next++) yield { items: [next], cursor: next };
      };
      const work = defineJob({
        ...{ title: "", description: "", input: z.object({}) },
        steps: { One: 1, Two: 1, Three: 1, Four: 1 },
        retryAfter: ["1ms"],
        async run(job) {
          attempts.push(job.attempt);
          const onCheckpoint = async (number: number) => {
            // Each of these ends one run behind a checkpoint of it, the last one two in a row.
            if (number === 2 && attempts.length === 1) throw new TryAgain("busy");
            if (number === 3 && attempts.length === 2) throw new TryAgain("busy");
            if (number === 4 && attempts.length === 3) ended.stop("shutdown");
            if (number === 4 && attempts.length < 6) throw new TryAgain("busy");
            return { succeeded: 1 };
          };
          if (how === "batches") {
            const write = ([number]: number[]) => onCheckpoint(number!);
            await job.step("One", () => job.batches({ from: numbers, write }));
          } else {
            for (const [at, name] of (["One", "Two", "Three", "Four"] as const).entries())
              await job.step(name, () => onCheckpoint(at + 1));
          }
          return { message: "Done" };
        },
      });
      const ended = await createJob(opened.backend, opened.dir, work);
      const next = async () => {
        const row = await ended.run();
        const set = { run_at: 0 };
        await opened.backend.db.updateTable("jobs").set(set).where("id", "=", ended.id).execute();
        return row;
      };
      expect(await next()).toMatchObject({ status: "queued", reason: "retry", retries: 1 });
      expect(await next()).toMatchObject({ status: "queued", reason: "retry", retries: 1 });
      expect(await next()).toMatchObject({ status: "queued", reason: "interrupted", retries: 0 });
      expect(await next()).toMatchObject({ status: "queued", reason: "retry", retries: 1 });
      // This one got no further than the one before.
      expect(await next()).toMatchObject({ status: "failed", retries: 1, error: "busy" });
      expect(attempts).toEqual([1, 2, 2, 1, 2]);
    },
  );

  test("a run that lost its job stops at its next progress", async () => {
    const heard: unknown[] = [];
    const job = await createJob(
      opened.backend,
      opened.dir,
      kind(async (job) => {
        job.signal.addEventListener("abort", () => heard.push(job.signal.reason));
        for (let reported = 1; ; reported++) {
          job.progress(reported);
          await job.sleep(20);
        }
      }),
    );
    const run = job.run();
    const row = () => readJob(opened.backend, job.id);
    await expect.poll(async () => (await row()).step_done).toBeGreaterThan(0);
    await rescue(opened.backend, await row());
    expect(await run).toMatchObject({ status: "queued", reason: "rescued", rescues: 0 });
    expect(heard).toMatchObject([{ reason: "lost" }]);
    await cancel({ backend: opened.backend, catalog: new Map() }, job.id, "person-1");
  });

  test("a resumed run whose kind was removed deletes its scratch files", async () => {
    const job = await createJob(
      opened.backend,
      opened.dir,
      kind(async (job) => {
        await job.scratch.write("half.txt", [Buffer.from("half done")]);
        // A longer sleep would give back the slot.
        return job.sleep(9_000).then(() => ({ message: "" }));
      }),
    );
    const scratch = join(opened.dir, "jobs", job.id, "scratch");
    const first = job.run();
    await expect.poll(() => existsSync(join(scratch, "half.txt"))).toBe(true);
    job.stop("shutdown");
    expect((await first).status).toBe("queued");
    job.catalog.clear();
    // A newer version of the application may know the kind of a new job.
    const { now, db } = opened.backend;
    expect(await job.run()).toMatchObject({
      ...{ status: "queued", reason: "unknown_kind", retries: 0, rescues: 0 },
      run_at: expect.toSatisfy((at: number) => Math.abs(at - now() - 10_000) < 9_000),
    });
    expect(existsSync(join(scratch, "half.txt"))).toBe(true);
    const events = await eventTypes(opened.backend, job.id);
    for (let claim = 0; claim < 3; claim++) {
      await db.updateTable("jobs").set({ run_at: 0 }).where("id", "=", job.id).execute();
      expect(await job.run()).toMatchObject({ status: "queued", reason: "unknown_kind" });
    }
    expect(await eventTypes(opened.backend, job.id)).toEqual(events);
    const old = { created_at: now() - 600_001, run_at: 0 };
    await db.updateTable("jobs").set(old).where("id", "=", job.id).execute();
    expect(await job.run()).toMatchObject({
      status: "failed",
      reason: "unknown_kind",
      cleanup_due_at: null,
    });
    expect(existsSync(scratch)).toBe(false);
  });

  test("a job that waited for a worker which knows its kind has one event for all its claims", async () => {
    const job = await createJob(
      opened.backend,
      opened.dir,
      kind(async () => ({ message: "Done" })),
    );
    const [known] = job.catalog;
    job.catalog.clear();
    for (let claim = 0; claim < 3; claim++) {
      const { db } = opened.backend;
      await db.updateTable("jobs").set({ run_at: 0 }).where("id", "=", job.id).execute();
      await job.run();
    }
    job.catalog.set(...known!);
    await opened.backend.db
      .updateTable("jobs")
      .set({ run_at: 0 })
      .where("id", "=", job.id)
      .execute();
    expect(await job.run()).toMatchObject({ status: "done", fence: 4, event_seq: 5 });
    expect(await eventTypes(opened.backend, job.id)).toEqual([
      ...["created", "started", "interrupted", "continued", "done"],
    ]);
  });
});

import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import bulkCancel from "../../jobs/bulk_cancel.ts";
import bulkClear from "../../jobs/bulk_clear.ts";
import bulkDownload from "../../jobs/bulk_download.ts";
import bulkRetry from "../../jobs/bulk_retry.ts";
import type { Backend } from "../../server/backend/backend.ts";
import type { JobRow } from "../../server/backend/schema.ts";
import type { Catalog } from "../../server/catalog.ts";
import { Stopped } from "../../server/engine/run/run.ts";
import { defineJob, type Kind } from "../../server/job.ts";
import { backends } from "../support/backends.ts";
import { jobRow } from "../support/job-row.ts";
import { type Engine, testEngine } from "../support/test-engine.ts";

const write = defineJob({
  title: "Write a file",
  description: "Writes one.",
  input: z.object({ name: z.string(), text: z.string() }),
  steps: { Writing: 1 },
  async run(job, { name, text }) {
    const chunks = (async function* () {
      yield text;
    })();
    await job.step("Writing", () => job.file({ name, type: "text/plain" }, chunks));
    return { message: "Written" };
  },
});

const catalog = new Map<string, unknown>([
  ["write", write],
  ["bulk_cancel", bulkCancel],
  ["bulk_clear", bulkClear],
  ["bulk_download", bulkDownload],
  ["bulk_retry", bulkRetry],
]) as Catalog & Map<string, Kind>;
const input = '{"name":"a.txt","text":"A"}';

describe.each(backends)("bulk actions on $name", (which) => {
  let engine: Engine;
  let backend: Backend;
  beforeEach(async () => {
    engine = await testEngine(which, catalog);
    backend = engine.backend;
    await setRole("member");
  });
  afterEach(() => engine.close());

  async function setRole(role: "owner" | "member") {
    const { db } = backend;
    await db.deleteFrom("members").execute();
    await db
      .withTables<{ users: Record<string, unknown> }>()
      .insertInto("users")
      .values({
        ...{ id: "user-1", name: "Ada", email: "ada@example.com" },
        ...(which.name === "sqlite"
          ? { emailVerified: 0, createdAt: "2026", updatedAt: "2026" }
          : { emailVerified: false, createdAt: new Date(), updatedAt: new Date() }),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await db
      .insertInto("members")
      .values({ user_id: "user-1", account_id: "account-1", role })
      .execute();
  }

  /** Inserts jobs of the person that are due in a day unless `different` says otherwise. */
  async function add(count: number, different: Partial<JobRow> = {}): Promise<string[]> {
    const due = backend.now() + 86_400_000;
    const rows = Array.from({ length: count }, () =>
      jobRow({ kind: "write", user_id: "user-1", input, run_at: due, ...different }),
    );
    await backend.db.insertInto("jobs").values(rows).execute();
    return rows.map(({ id }) => id);
  }

  const ended = (status: JobRow["status"]) => ({ status, finished_at: backend.now() }) as const;
  const selection = (different = {}) => ({
    selection: { scope: "mine", until: new Date(backend.now() + 1).toISOString(), ...different },
  });
  const rows = (ids: string[]) =>
    backend.db.selectFrom("jobs").selectAll().where("id", "in", ids).orderBy("id").execute();

  test("a bulk cancel cancels active jobs and counts final ones as skipped", async () => {
    const waiting = await add(45);
    const over = await add(4, ended("done"));
    const job = await engine.finish("bulk_cancel", selection());
    expect(job.outcome).toBe(
      "Cancelled 45 of 49 jobs, 4 skipped: already finished, or can't be cancelled",
    );
    expect(job).toMatchObject({ status: "done", succeeded: 45, skipped: 4 });
    expect(new Set((await rows(waiting)).map(({ status }) => status))).toEqual(
      new Set(["cancelled"]),
    );
    expect(new Set((await rows(over)).map(({ status }) => status))).toEqual(new Set(["done"]));
  });

  test("a bulk cancel leaves other people's jobs, later jobs, itself and other bulk actions unchanged", async () => {
    const [mine] = await add(1);
    const others = await add(3, { user_id: "user-2" });
    const like = await engine.start("bulk_clear", selection());
    await backend.db.updateTable("jobs").set({ run_at: 9e15 }).where("id", "=", like).execute();
    const id = await engine.start("bulk_cancel", selection({ scope: "account" }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const later = await add(2);
    expect((await engine.run(id)).outcome).toBe("Cancelled 1 of 1 job");
    const unchanged = await rows([...others, ...later, like]);
    expect(new Set(unchanged.map(({ status }) => status))).toEqual(new Set(["queued"]));
    expect((await rows([mine!]))[0]!.status).toBe("cancelled");
  });

  test("a bulk action of an owner covers the account, and one of a former member fails", async () => {
    await setRole("owner");
    await add(3, { user_id: "user-2" });
    const all = selection({ scope: "account" });
    expect((await engine.finish("bulk_cancel", all)).outcome).toBe("Cancelled 3 of 3 jobs");
    await backend.db.deleteFrom("members").execute();
    const refused = await engine.finish("bulk_cancel", all);
    expect(refused).toMatchObject({
      status: "failed",
      error: "You are no longer a member of this account",
    });
  });

  test("a bulk action applies its filter", async () => {
    const failed = await add(2, ended("failed"));
    await add(3, ended("done"));
    const job = await engine.finish("bulk_clear", selection({ statuses: ["failed"] }));
    expect(job.outcome).toBe("Cleared 2 of 2 jobs from the list");
    const hidden = await backend.db
      .selectFrom("jobs")
      .select("id")
      .where("hidden_at", "is not", null)
      .orderBy("id")
      .execute();
    expect(hidden.map(({ id }) => id)).toEqual(failed);
  });

  test("a bulk retry that is interrupted within a batch starts no job twice and counts correctly", async () => {
    const failed = await add(50, ended("failed"));
    await add(2);
    const id = await engine.start("bulk_retry", selection());
    const abort = new AbortController();
    let writes = 0;
    // Stops in the second batch: some of its jobs are started again, but not yet counted.
    const stopping: Backend = {
      ...backend,
      write: (work, options) => {
        if (++writes === 35) abort.abort(new Stopped("lost"));
        if (writes >= 35) return Promise.reject(new Stopped("lost"));
        return backend.write(work, options);
      },
    };
    await engine.run(id, { backend: stopping, abort });
    const before = await engine.job(id);
    expect(before).toMatchObject({ status: "running" });
    expect(before.succeeded).toBeLessThan(50);
    await backend.db
      .updateTable("jobs")
      .set({ status: "queued", worker_id: null, priority: -2_000 })
      .where("id", "=", id)
      .execute();
    const job = await engine.run(id);
    expect(job.outcome).toBe("Retried 50 of 52 jobs, 2 skipped: already retried, or can't be");
    const again = await backend.db
      .selectFrom("jobs")
      .select("retry_of")
      .where("retry_of", "is not", null)
      .orderBy("retry_of")
      .execute();
    expect(again.map(({ retry_of }) => retry_of)).toEqual(failed);
  });

  test("a bulk retry waits while its account can start no more jobs, and leaves some to people", async () => {
    const limits = { maxStartsPerMinute: 10 };
    await add(12, ended("failed"));
    const id = await engine.start("bulk_retry", selection());
    // It counts as a start, too.
    const asleep = await engine.run(id, { limits });
    expect(asleep).toMatchObject({ status: "queued", reason: "sleeping", succeeded: 7 });
    expect(asleep.waiting_for).toBe("your account can start 10 jobs a minute");
    expect(asleep.run_at).toBeGreaterThan(backend.now() + 9_000);
    // Wakes up too early.
    await backend.db.updateTable("jobs").set({ run_at: 0 }).where("id", "=", id).execute();
    expect(await engine.run(id, { limits })).toMatchObject({ reason: "sleeping", succeeded: 7 });
    const aMinuteAgo = { created_at: sql<number>`created_at - 60000`, run_at: 0 };
    await backend.db.updateTable("jobs").set(aMinuteAgo).where("created_at", ">", 0).execute();
    const job = await engine.run(id, { limits });
    expect(job).toMatchObject({ status: "done", outcome: "Retried 12 of 12 jobs", skipped: 0 });
  });

  test("a bulk retry waits while the queue of its account is full", async () => {
    const limits = { maxQueuedJobs: 5 };
    await add(4, ended("failed"));
    const queued = await add(3, { user_id: "user-2" });
    const id = await engine.start("bulk_retry", selection());
    const asleep = await engine.run(id, { limits });
    expect(asleep).toMatchObject({ status: "queued", reason: "sleeping", succeeded: 1 });
    expect(asleep.waiting_for).toBe("your account can have 5 queued jobs");
    await backend.db.updateTable("jobs").set(ended("done")).where("id", "in", queued).execute();
    await backend.db.updateTable("jobs").set({ run_at: 0 }).where("id", "=", id).execute();
    const job = await engine.run(id, { limits });
    expect(job).toMatchObject({ status: "done", outcome: "Retried 4 of 4 jobs" });
  });

  test("a bulk download packs the files of all jobs into one archive", async () => {
    for (const text of ["first", "second"]) {
      await engine.finish("write", { name: "a.txt", text });
    }
    await add(1, ended("failed"));
    const job = await engine.finish("bulk_download", selection());
    expect(job.outcome).toBe("Collected 2 files of 3 jobs");
    const [archive] = await engine.files(job.id);
    expect(archive).toMatchObject({ name: "files.zip", media_type: "application/zip" });
    expect(archive!.content).toContain("a (2).txt");
    const { db } = backend;
    const entries = db.selectFrom("job_audit_entries").select(["action", "user_id", "file_name"]);
    const downloads = await entries.where("action", "=", "downloaded").execute();
    expect(downloads).toEqual(
      Array(2).fill({ action: "downloaded", user_id: "user-1", file_name: "a.txt" }),
    );
    const none = await engine.finish("bulk_download", selection({ statuses: ["failed"] }));
    expect(none.outcome).toBe("None of 1 job has a file");
  });

  test("a bulk action starts in spite of its account's limit of running jobs", async () => {
    await backend.db.updateTable("accounts").set({ running_jobs: 5 }).execute();
    const [due] = await add(1, { run_at: 0 });
    const job = await engine.finish("bulk_cancel", selection());
    expect(job.outcome).toBe("Cancelled 1 of 1 job");
    expect((await rows([due!]))[0]!.status).toBe("cancelled");
  });
});

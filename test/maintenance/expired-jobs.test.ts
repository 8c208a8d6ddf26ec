import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JobRow } from "../../server/backend/schema.ts";
import { deleteExpiredJobs } from "../../server/maintenance/expired-jobs.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { bytes, filesIn } from "../storage/temporary.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { jobRow } from "../support/job-row.ts";

const day = 86_400_000;
/** Tables with rows that belong to a job. */
const tables = [
  "job_steps",
  "job_events",
  "job_logs",
  "job_rejections",
  "files",
  "job_search_terms",
] as const;
const retention = 90 * day;

describe.each(backends)("expired jobs on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  const run = (signal = new AbortController().signal) => {
    const { backend, dir } = opened;
    return deleteExpiredJobs({ backend, storage: createDiskStorage(dir) }, retention, signal);
  };

  /** Inserts jobs that started and ended so many days ago, each with rows in all tables and a file. */
  async function add(...ages: { started: number; ended: number | null; row?: Partial<JobRow> }[]) {
    const { db, now } = opened.backend;
    const jobs = ages.map(({ started, ended, row }) =>
      jobRow({
        id: uuidv7({ msecs: now() - started * day }),
        status: ended === null ? "paused" : "done",
        outcome: ended === null ? null : "Imported 72 of 75",
        created_at: now() - started * day,
        finished_at: ended === null ? null : now() - ended * day,
        ...row,
      }),
    );
    const of = jobs.map(({ id }) => ({ job_id: id }));
    await db.insertInto("jobs").values(jobs).execute();
    const step = { position: 0, name: "Doing", weight: 1, status: "done" } as const;
    await db
      .insertInto("job_steps")
      .values(of.map((id) => ({ ...id, ...step })))
      .execute();
    const line = { seq: 1, message: "x", created_at: 1 };
    await db
      .insertInto("job_events")
      .values(
        of.map((id) => ({ job_id: id.job_id, seq: 1, type: "created" as const, created_at: 1 })),
      )
      .execute();
    await db
      .insertInto("job_logs")
      .values(of.map((id) => ({ ...id, ...line, level: "info" as const })))
      .execute();
    await db
      .insertInto("job_rejections")
      .values(of.map((id) => ({ ...id, reason: "x", count: 1, first_rows: "[1]" })))
      .execute();
    const file = {
      role: "result",
      name: "a.csv",
      media_type: "text/csv",
      size: 1,
      created_at: 1,
      expires_at: 2,
    } as const;
    await db
      .insertInto("job_search_terms")
      .values(
        jobs.map(({ id, account_id, user_id }) => ({ job_id: id, term: "x", account_id, user_id })),
      )
      .execute();
    const files = of.map(({ job_id }) => ({
      ...file,
      job_id,
      id: uuidv7(),
      storage_key: `jobs/${job_id}/files/a`,
    }));
    await db.insertInto("files").values(files).execute();
    const storage = createDiskStorage(opened.dir);
    for (const { storage_key } of files) await storage.save(storage_key, bytes("x"));
    return jobs.map(({ id }) => id);
  }

  /** The ids of jobs with rows in the table. */
  async function idsIn(table: (typeof tables)[number]) {
    const rows = await opened.backend.db.selectFrom(table).select("job_id").distinct().execute();
    return rows.map(({ job_id }) => job_id).sort();
  }
  const remainingJobs = async () =>
    (await opened.backend.db.selectFrom("jobs").select("id").orderBy("id").execute()).map(
      ({ id }) => id,
    );

  test("deleteExpiredJobs deletes expired jobs with all their rows and files, and no other job", async () => {
    const [old, hidden] = await add(
      { started: 95, ended: 91 },
      { started: 95, ended: 91, row: { hidden_at: 5 } },
    );
    const stay = await add(
      { started: 400, ended: 89 },
      { started: 400, ended: null },
      { started: 89, ended: 1 },
    );
    await run();
    stay.sort();
    expect(await remainingJobs()).toEqual(stay);
    for (const table of tables) {
      expect(await idsIn(table)).toEqual(stay);
    }
    const stored = (await filesIn(opened.dir)).filter((path) => path.startsWith("jobs/"));
    expect(stored).toEqual(stay.map((id) => `jobs/${id}/files/a`));
    const records = await opened.backend.db
      .selectFrom("expired_jobs")
      .selectAll()
      .orderBy("id")
      .execute();
    expect(records.map(({ id }) => id)).toEqual([old, hidden].sort());
    expect(records[0]).toMatchObject({
      status: "done",
      outcome: "Imported 72 of 75",
      user_id: "person-1",
    });
  });

  test("deleteExpiredJobs deletes several pages of expired jobs among others that stay", async () => {
    const ages = Array.from({ length: 450 }, (_, n) => ({ started: 120, ended: n % 3 ? 100 : 10 }));
    await add(...ages);
    await run();
    expect(await remainingJobs()).toHaveLength(150);
  }, 60_000);

  test("deleteExpiredJobs deletes a job with thousands of log lines", async () => {
    const [id] = await add({ started: 120, ended: 100 });
    const lines = Array.from({ length: 3_000 }, (_, n) => {
      return { job_id: id!, seq: n + 2, level: "info" as const, message: "x", created_at: 1 };
    });
    for (let from = 0; from < lines.length; from += 1_000) {
      await opened.backend.db
        .insertInto("job_logs")
        .values(lines.slice(from, from + 1_000))
        .execute();
    }
    await run();
    expect(await remainingJobs()).toEqual([]);
    expect(await idsIn("job_logs")).toEqual([]);
  });

  test("deleteExpiredJobs stops when aborted and continues in the next run", async () => {
    await add(...Array.from({ length: 120 }, () => ({ started: 120, ended: 100 })));
    const stopping = new AbortController();
    const running = run(stopping.signal);
    setTimeout(() => stopping.abort(), 20);
    await running;
    await run();
    expect(await remainingJobs()).toEqual([]);
  });

  test("deleteExpiredJobs can run on two workers at the same time", async () => {
    await add(...Array.from({ length: 60 }, () => ({ started: 120, ended: 100 })));
    await Promise.all([run(), run()]);
    expect(await remainingJobs()).toEqual([]);
    const known = opened.backend.db.selectFrom("expired_jobs").select("id").execute();
    expect(await known).toHaveLength(60);
  });

  test("deleteExpiredJobs deletes the record of an expired job after a year", async () => {
    const { db, now } = opened.backend;
    const known = (days: number) => ({
      id: uuidv7({ msecs: now() - days * day }),
      ...{ account_id: "account-1", user_id: "person-1", kind: "noop" },
      ...{ status: "failed" as const, reason: "timeout" as const, outcome: null, error: null },
      ...{ timeout_ms: 1, rescues: 0, finished_at: 1 },
    });
    const [recent, long] = [known(400), known(460)];
    await db.insertInto("expired_jobs").values([recent, long]).execute();
    await run();
    expect(await db.selectFrom("expired_jobs").selectAll().execute()).toEqual([recent]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { claimStatement, lockStatement } from "../../server/backend/postgres/queue.ts";
import { nextJobStatement } from "../../server/backend/sqlite/queue.ts";
import { listAudit } from "../../server/engine/audit.ts";
import { listPastJobsWithSteps } from "../../server/engine/eta/past-jobs.ts";
import { withQueuePositions } from "../../server/engine/eta/queue-positions.ts";
import { readTypicalDurations } from "../../server/engine/eta/typical-durations.ts";
import { listCreatedSince } from "../../server/engine/list/created-jobs.ts";
import { countJobs, listJobs } from "../../server/engine/list/list.ts";
import type { JobFilter } from "../../server/engine/list/list-ranges.ts";
import { searchJobs } from "../../server/engine/list/search.ts";
import { AlreadyActive } from "../../server/engine/start/request.ts";
import { start } from "../../server/engine/start/start.ts";
import { findReachedLimit } from "../../server/engine/start/start-limits.ts";
import { isFinal } from "../../server/engine/status.ts";
import { sendHeartbeat } from "../../server/engine/worker/heartbeat.ts";
import { makeRoom } from "../../server/engine/worker/make-room.ts";
import { repairRunningCounters } from "../../server/engine/worker/running-counters.ts";
import { claimCleanups, createSweeper } from "../../server/engine/worker/sweep.ts";
import { wakeSleepers } from "../../server/engine/worker/wake-sleepers.ts";
import { createLog } from "../../server/log.ts";
import { noopCatalog } from "../sample-kinds/noop-catalog.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { analyse, fillWithJobs } from "../support/many-jobs.ts";
import { findUnboundedReads } from "../support/query-plans.ts";

const count = 30_000;
const [usual, unusual, rare] = ["noop", "urgent", "rare"];
const busy = { accountId: "account-1", userId: "busy" };
const quiet = { accountId: "account-1", userId: "quiet" };
const everyone = { accountId: "account-1" };

const weekAgo = Date.now() - 7 * 86_400_000;

const filters: [string, JobFilter][] = [
  ["everyone's", everyone],
  ["one's own", busy],
  ["of somebody with few jobs", quiet],
  ["active", { ...everyone, statuses: ["queued", "running", "paused"] }],
  ["waiting", { ...busy, statuses: ["queued"] }],
  ["failed", { ...everyone, statuses: ["failed"] }],
  ["of a rare status", { ...everyone, statuses: ["cancelled"] }],
  ["of a rare status, one's own", { ...quiet, statuses: ["cancelled"] }],
  ["of the usual kind", { ...everyone, kinds: [usual] }],
  ["of a rare kind", { ...everyone, kinds: [rare] }],
  ["of a rare kind, one's own", { ...quiet, kinds: [rare] }],
  [
    "of two kinds, failed or waiting",
    { ...busy, kinds: [unusual, rare], statuses: ["failed", "queued"] },
  ],
  ["of somebody who has none", { ...everyone, userId: "nobody" }],
  ["of some days", { ...everyone, period: { from: weekAgo, to: weekAgo + 86_400_000 } }],
  ["of one's own, of some days", { ...quiet, period: { from: weekAgo } }],
];

describe.each(backends)("query plans with many jobs on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
    const { backend } = opened;
    const who = { ...everyone, busyUserId: "busy", quietUserId: "quiet" };
    await fillWithJobs(backend, who, { count, kinds: [usual, unusual, rare] });
    // A fifth of the queued jobs is due, far more than may run at once.
    const due = backend.db.updateTable("jobs").set({ run_at: 0 }).where("status", "=", "queued");
    await due.where("id", "like", "%4").execute();
    await analyse(backend);
  });
  afterAll(() => opened.close());

  /** Runs real queries and expects that none reads an unbounded number of rows. */
  const expectBounded = async (work: (backend: typeof opened.backend) => Promise<unknown>) => {
    const { backend } = opened;
    expect(await findUnboundedReads(backend, (db) => work({ ...backend, db }))).toEqual([]);
  };

  test.each(filters)("the first page of jobs (%s) reads only its own rows", async (_, filter) => {
    await expectBounded(({ db }) => listJobs(db, filter, { limit: 50 }));
  });

  test.each(filters)("a late page of jobs (%s) reads only its own rows", async (_, filter) => {
    const long = opened.backend.now() - 40 * 86_400_000;
    const onlyActive = filter.statuses?.every((status) => !isFinal(status));
    for (const sort of onlyActive ? [7e15] : [7e15, long]) {
      const after = `${sort}.0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f`;
      await expectBounded(({ db }) => listJobs(db, filter, { limit: 50, after }));
    }
  });

  // Postgres scans a table of this size to find a thousand rows, but not the larger table of the
  // benchmark.
  const common = which.name === "sqlite" ? ["peop"] : [];
  test.each([...common, "people csv", "nothing rare", "rare", "0198c5d2", "rare people"])(
    "a search for %j reads a limited number of matches per word",
    async (text) => {
      for (const who of [everyone, busy, quiet]) {
        await expectBounded(async ({ db }) => {
          const found = await searchJobs(db, noopCatalog, who, text);
          await listJobs(db, { ...who, search: found }, { limit: 50 });
          await listJobs(db, { ...who, search: found, kinds: [unusual] }, { limit: 50 });
        });
      }
    },
  );

  test.each(filters)("a count of jobs (%s) stops at its limit", async (_, filter) => {
    await expectBounded(({ db }) => countJobs(db, filter, 1_000));
  });

  test("readTypicalDurations reads only the last jobs of each kind", async () => {
    await expectBounded(({ db }) => readTypicalDurations(db, noopCatalog, everyone.accountId));
    const asked = { accountId: everyone.accountId, kind: usual };
    await expectBounded(({ db }) => listPastJobsWithSteps(db, asked));
  });

  test("withQueuePositions reads only the first queued jobs of each account", async () => {
    const due = opened.backend.db.selectFrom("jobs").selectAll().where("status", "=", "queued");
    const rows = await due.where("run_at", "=", 0).limit(50).execute();
    expect(rows.length).toBeGreaterThan(20);
    const some = opened.backend.db.updateTable("accounts").set({ max_running_jobs: 0 });
    await some.where("id", "=", everyone.accountId).execute();
    await expectBounded((backend) => withQueuePositions(backend, rows));
    const again = opened.backend.db.updateTable("accounts").set({ max_running_jobs: 5 });
    await again.where("id", "=", everyone.accountId).execute();
  });

  test.each([
    ["an hour", 3_600_000],
    ["a year", 366 * 86_400_000],
  ])("listCreatedSince finds jobs created since %s ago without a scan", async (_, ago) => {
    const since = opened.backend.now() - ago;
    for (const owner of [quiet, { accountId: quiet.accountId }]) {
      await expectBounded(({ db }) => listCreatedSince(db, owner, since, 100));
    }
  });

  test("a start finds a used idempotency key without a scan", async () => {
    const request = { kind: usual, input: {}, ...busy, idempotencyKey: "once" };
    const { job } = await start(opened.backend, noopCatalog, request);
    await expectBounded(async (backend) => {
      const write: Backend["write"] = (work) => work({ db: backend.db } as never);
      const again = await start({ ...backend, write }, noopCatalog, request);
      expect(again).toMatchObject({ repeated: true, job: { id: job.id } });
    });
  });

  test("a start finds an active job with the same input without a scan", async () => {
    const request = { kind: unusual, input: {}, ...busy };
    const { job } = await start(opened.backend, noopCatalog, request);
    const same = opened.backend.db
      .updateTable("jobs")
      .set({ input_fingerprint: job.input_fingerprint });
    await same.where("status", "=", "queued").where("user_id", "=", "busy").execute();
    await analyse(opened.backend);
    for (const unlessActive of [{}, { userId: "busy" }]) {
      await expectBounded(async (backend) => {
        const write: Backend["write"] = (work) =>
          work({ db: backend.db, lock: async () => {} } as never);
        const asked = start({ ...backend, write }, noopCatalog, { ...request, unlessActive });
        await expect(asked).rejects.toBeInstanceOf(AlreadyActive);
      });
    }
  });

  test("listAudit reads only the latest entries of a job", async () => {
    const { db } = opened.backend;
    const { id } = await db.selectFrom("jobs").select("id").executeTakeFirstOrThrow();
    const entry = { job_id: id, user_id: "busy", action: "paused" as const, via: "page" as const };
    for (let from = 0; from < 5_000; from += 500) {
      const some = Array.from({ length: 500 }, (_, n) => {
        return {
          ...entry,
          dedup_key: `key-${from + n}`,
          created_at: from + n,
          file_name: null,
          new_job_id: null,
        };
      });
      await db.insertInto("job_audit_entries").values(some).execute();
    }
    await analyse(opened.backend);
    await expectBounded((backend) => listAudit(backend.db, id, 50));
  });

  test("a claim reads only the first jobs of each account", async () => {
    const at = opened.backend.now();
    if (which.name === "sqlite") {
      await expectBounded(({ db }) => nextJobStatement("worker-1", at).execute(db));
    } else {
      await expectBounded(({ db }) => lockStatement().execute(db));
      const reserved = { yieldingKinds: ["noop"] };
      await expectBounded(({ db }) => lockStatement(reserved).execute(db));
      await expectBounded(({ db }) => claimStatement(busy.accountId, "worker-1", at).execute(db));
    }
  });

  test("the limits of starts read no more rows than they allow", async () => {
    const limits = { maxStartsPerMinute: 500, maxQueuedJobs: 1_000 };
    await expectBounded((backend) => findReachedLimit(backend, everyone.accountId, limits));
  });

  test("the heartbeat and the sweep do not scan the table", async () => {
    await expectBounded(async (backend) => {
      await sendHeartbeat(backend, "worker-1", null);
      await claimCleanups(backend, 5);
      await repairRunningCounters(backend);
      await createSweeper(backend, createLog("silent", "worker")).sweep("worker-1");
      await wakeSleepers(backend);
      await makeRoom(backend);
    });
  });

  test("findUnboundedReads reports queries that read the whole table", async () => {
    const { backend } = opened;
    const whole = (db: typeof backend.db) =>
      db.selectFrom("jobs").select("id").where("subject", "=", "none.csv").execute();
    const sorted = (db: typeof backend.db) =>
      db
        .selectFrom("jobs")
        .select("id")
        .where("account_id", "=", everyone.accountId)
        .where("finished_at", "is not", null)
        .where("hidden_at", "is", null)
        .orderBy("message")
        .limit(5)
        .execute();
    expect(await findUnboundedReads(backend, whole)).not.toEqual([]);
    expect(await findUnboundedReads(backend, sorted)).not.toEqual([]);
  });
});

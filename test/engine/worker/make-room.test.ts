import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JobRow } from "../../../server/backend/schema.ts";
import { registerWorker } from "../../../server/engine/worker/heartbeat.ts";
import { makeRoom, ruleFor } from "../../../server/engine/worker/make-room.ts";
import { addAccount, backends, openTestBackend } from "../../support/backends.ts";
import { insertJob, readJob, runningJob } from "../../support/job-row.ts";

const second = 1_000;
const minute = 60 * second;

describe.each(backends)("making room on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  /** The time of each sweep, so that a slow machine does not change what is due. */
  let at: number;
  beforeEach(async () => {
    opened = await openTestBackend(which);
    at = opened.backend.now();
  });
  afterEach(() => opened.close());
  const sweep = (backend = opened.backend, yieldingKinds?: string[]) =>
    makeRoom({ ...backend, now: () => at }, yieldingKinds);

  /** Inserts jobs of one account that have run for so long, all slots of the only worker. */
  async function running(accountId: string, ages: number[], more: Partial<JobRow> = {}) {
    const { backend } = opened;
    await addAccount(backend, accountId);
    const jobs: JobRow[] = [];
    for (const age of ages) {
      const row = runningJob({ account_id: accountId, claimed_at: at - age, ...more });
      jobs.push(await insertJob(backend, row));
    }
    await registerWorker(backend, null, ages.length);
    const counted = { running_jobs: ages.length, last_claimed_at: at - Math.min(...ages) };
    await backend.db.updateTable("accounts").set(counted).where("id", "=", accountId).execute();
    return jobs;
  }

  async function waiting(accountId: string, more: Partial<JobRow> = {}, lastClaimedAt = 0) {
    const { backend } = opened;
    await addAccount(backend, accountId);
    const claimed = { last_claimed_at: lastClaimedAt };
    await backend.db.updateTable("accounts").set(claimed).where("id", "=", accountId).execute();
    return insertJob(backend, { account_id: accountId, run_at: at - 5 * second, ...more });
  }

  /** The positions of the jobs that were asked. */
  async function asked(jobs: JobRow[]): Promise<number[]> {
    const rows = await Promise.all(jobs.map(({ id }) => readJob(opened.backend, id)));
    return rows.flatMap(({ room_requested_at }, at) => (room_requested_at === null ? [] : at));
  }

  test("a newcomer is given the slot of the newest job of the account that holds most", async () => {
    const few = await running("few", [11 * second, 12 * second]);
    const many = await running("many", [40 * second, 20 * second, 30 * second]);
    await waiting("new");
    await sweep();
    expect(await asked(few)).toEqual([]);
    expect(await asked(many)).toEqual([1]);
  });

  test("jobs of kinds that are known to make room are asked first, and others if there are none", async () => {
    const few = await running("few", [20 * second], { kind: "countdown" });
    const many = await running("many", [20 * second, 30 * second, 40 * second]);
    await waiting("new");
    await sweep(opened.backend, ["countdown", "contact_import"]);
    expect(await asked(few)).toEqual([0]);
    expect(await asked(many)).toEqual([]);
    await waiting("newer");
    await sweep(opened.backend, ["countdown"]);
    expect(await asked(many)).toEqual([0]);
  });

  test("further sweeps ask no other job while the asked one stops", async () => {
    const jobs = await running("busy", [20 * second, 30 * second, 40 * second, 50 * second]);
    await waiting("new");
    const other = await opened.another();
    await Promise.all([sweep(), sweep(other), sweep()]);
    await sweep(other);
    await other.close();
    expect(await asked(jobs)).toEqual([0]);
  });

  test("a job that did not stop within 15 s is left alone and another one is asked", async () => {
    const jobs = await running("busy", [20 * second, 30 * second]);
    await waiting("new");
    await sweep();
    const { db } = opened.backend;
    const expired = { room_requested_at: at - 16 * second };
    await db.updateTable("jobs").set(expired).where("id", "=", jobs[0]!.id).execute();
    await sweep();
    expect(await asked(jobs)).toEqual([0, 1]);
    expect((await readJob(opened.backend, jobs[0]!.id)).room_requested_at).toBe(
      expired.room_requested_at,
    );
  });

  test.each<[string, number, Partial<JobRow>]>([
    ["ran for less than 10 s", 9 * second, {}],
    ["is being cancelled", 11 * second, { cancel_requested_at: 1 }],
    ["makes room itself", 11 * second, { priority: -1_000 }],
  ])("a job that %s is not asked", async (_, age, more) => {
    const [youngest] = await running("busy", [age], more);
    await waiting("new");
    await sweep();
    expect(await asked([youngest!])).toEqual([]);
  });

  test.each<[string, number, Partial<JobRow>]>([
    ["is not due", -minute, {}],
    ["has just become due", 500, {}],
    ["is paused", minute, { status: "paused" }],
  ])("no job is asked for an account whose job %s", async (_, overdueMs, more) => {
    const jobs = await running("busy", [20 * second, 30 * second]);
    await waiting("new", { run_at: at - overdueMs, ...more });
    await sweep();
    expect(await asked(jobs)).toEqual([]);
  });

  test("no job is asked for an account that may run none", async () => {
    const jobs = await running("busy", [20 * second, 30 * second]);
    await waiting("new");
    const { db } = opened.backend;
    await db.updateTable("accounts").set({ max_running_jobs: 0 }).where("id", "=", "new").execute();
    await sweep();
    expect(await asked(jobs)).toEqual([]);
  });

  test("no job is asked for a job of a lower priority than others that wait", async () => {
    const jobs = await running("busy", [20 * second, 30 * second]);
    await insertJob(opened.backend, { account_id: "busy", run_at: 0 });
    await waiting("new", { priority: 5 });
    await sweep();
    expect(await asked(jobs)).toEqual([]);
  });

  test("no job is asked while a slot is free, until the newcomer has waited for 4 s in vain", async () => {
    const jobs = await running("busy", [20 * second, 30 * second]);
    await registerWorker(opened.backend, null, 1);
    const { db } = opened.backend;
    const { id } = await waiting("new", { run_at: at - 2 * second });
    await sweep();
    expect(await asked(jobs)).toEqual([]);
    await db
      .updateTable("jobs")
      .set({ run_at: at - 5 * second })
      .where("id", "=", id)
      .execute();
    await sweep();
    expect(await asked(jobs)).toEqual([0]);
  });

  test("an account that had its turn lately waits until others had theirs for 120 s", async () => {
    const short = await running("short", [20 * second, 110 * second]);
    await waiting("again", {}, at - 5 * minute);
    await sweep();
    expect(await asked(short)).toEqual([]);
    const long = await running("long", [130 * second, 150 * second]);
    await sweep();
    expect(await asked(short)).toEqual([]);
    // The one that was claimed longest ago.
    expect(await asked(long)).toEqual([1]);
  });

  test("an account that waits for more than ten minutes counts as a newcomer", async () => {
    const jobs = await running("busy", [20 * second, 30 * second]);
    await waiting("again", {}, at - 11 * minute);
    await sweep();
    expect(await asked(jobs)).toEqual([0]);
  });

  test("several newcomers are given slots of the accounts that hold most in turn", async () => {
    const first = await running("first", [20 * second, 21 * second, 22 * second, 23 * second]);
    const other = await running("second", [30 * second, 31 * second, 32 * second]);
    for (const name of ["a", "b", "c"]) await waiting(name);
    await sweep();
    // Four, then three and three: the newest of those that hold three.
    expect(await asked(first)).toEqual([0, 1]);
    expect(await asked(other)).toEqual([0]);
  });
});

describe("ruleFor", () => {
  const nobody = { newcomers: 0, urgentNewcomers: 0, others: 0 };
  const full = { total: 20, running: 20, stopping: 0 };

  test("at most half of the jobs stop at once for newcomers", () => {
    const many = { ...nobody, newcomers: 30 };
    expect(ruleFor(many, { ...full, stopping: 9 })).toBe("newcomer");
    expect(ruleFor(many, { ...full, stopping: 10 })).toBeUndefined();
  });

  test("at most a tenth of the jobs stop at once for turns, and one of a few", () => {
    const many = { ...nobody, others: 30 };
    expect(ruleFor(many, { ...full, stopping: 1 })).toBe("turn");
    expect(ruleFor(many, { ...full, stopping: 2 })).toBeUndefined();
    const few = { total: 3, running: 3, stopping: 0 };
    expect(ruleFor(many, few)).toBe("turn");
    expect(ruleFor(many, { ...few, stopping: 1 })).toBeUndefined();
  });

  test("free slots and jobs that stop already are counted first", () => {
    const some = { ...nobody, newcomers: 3 };
    expect(ruleFor(some, { total: 20, running: 18, stopping: 0 })).toBe("newcomer");
    expect(ruleFor(some, { total: 20, running: 18, stopping: 1 })).toBeUndefined();
    expect(ruleFor(some, { total: 20, running: 17, stopping: 0 })).toBeUndefined();
    const both = { ...nobody, newcomers: 1, others: 1 };
    expect(ruleFor(both, full)).toBe("newcomer");
    expect(ruleFor(both, { ...full, stopping: 1 })).toBe("turn");
  });

  test("a newcomer that has waited does not rely on slots that seem to be free", () => {
    const urgent = { ...nobody, newcomers: 1, urgentNewcomers: 1 };
    expect(ruleFor(urgent, { total: 20, running: 18, stopping: 0 })).toBe("newcomer");
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rescue } from "../../../server/engine/finish.ts";
import { start } from "../../../server/engine/start/start.ts";
import { registerWorker } from "../../../server/engine/worker/heartbeat.ts";
import { createLocalJobs, type LocalJobs } from "../../../server/engine/worker/local-jobs.ts";
import { createRunNext } from "../../../server/engine/worker/run-next.ts";
import type { TaskExit } from "../../../server/engine/worker/runner-pool.ts";
import { createSlotReserve } from "../../../server/engine/worker/slot-reserve.ts";
import { createLog } from "../../../server/log.ts";
import { noopCatalog } from "../../sample-kinds/noop-catalog.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { readJob } from "../../support/job-row.ts";

describe.each(backends)("a run whose runner crashes, on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let id: string;
  let exit: PromiseWithResolvers<TaskExit>;
  let local: LocalJobs;
  let run: Promise<boolean>;

  /** Claims a job and waits for the end of its runner, which the test decides. */
  beforeEach(async () => {
    opened = await openTestBackend(which);
    const { backend } = opened;
    const owner = { accountId: "account-1", userId: "user-1" };
    id = (await start(backend, noopCatalog, { kind: "noop", input: {}, ...owner })).job.id;
    const worker = await registerWorker(backend, null);
    exit = Promise.withResolvers();
    local = createLocalJobs({ stop() {}, kill() {}, requestRoom() {} });
    const runNext = createRunNext({
      ...{ backend, local, log: createLog("silent", "worker") },
      pool: { run: () => exit.promise },
      cleanups: { clean: async () => {} },
      reserve: createSlotReserve(1),
      heartbeat: { workerId: worker, renew: async () => {} },
      isStopping: () => false,
    });
    run = Promise.resolve(runNext());
    await expect.poll(async () => (await readJob(backend, id)).status).toBe("running");
  });
  afterEach(() => opened.close());

  test.each([true, false])(
    "the job is queued again, and the crash counts if the job had begun: %s",
    async (hasBegun) => {
      exit.resolve({ how: "crashed", alone: false, hasBegun });
      expect(await run).toBe(true);
      const job = await readJob(opened.backend, id);
      expect(job).toMatchObject({ status: "queued", fence: 1, rescues: hasBegun ? 1 : 0 });
      expect(local.has(id)).toBe(false);
    },
  );

  test("the death of a runner that was killed for another job counts against none", async () => {
    exit.resolve({ how: "killed", killedFor: "another job" });
    expect(await run).toBe(true);
    const job = await readJob(opened.backend, id);
    expect(job).toMatchObject({ status: "queued", reason: "rescued", rescues: 0 });
  });

  test("a job that is stopped while it waits for a runner ends as it was asked to", async () => {
    const { backend } = opened;
    await backend.db.updateTable("jobs").set({ cancel_requested_at: 5 }).execute();
    local.reconcile([await readJob(backend, id)]);
    exit.resolve({ how: "not_started" });
    await run;
    const job = await readJob(backend, id);
    expect(job).toMatchObject({ status: "cancelled", reason: "while_running" });
  });

  test("a late report of the crash changes nothing of a newer run", async () => {
    const { backend } = opened;
    await rescue(backend, await readJob(backend, id));
    const newer = await backend.queue.claim(await registerWorker(backend, null));
    expect(newer).toMatchObject({ id, fence: 2 });
    exit.resolve({ how: "crashed", alone: false, hasBegun: true });
    await run;
    expect(await readJob(backend, id)).toEqual(newer);
  });

  test("a late report of the crash changes nothing of an ended job", async () => {
    const { backend } = opened;
    const ended = { status: "done" as const, worker_id: null, finished_at: 5 };
    await backend.db.updateTable("jobs").set(ended).where("id", "=", id).execute();
    const before = await readJob(backend, id);
    exit.resolve({ how: "crashed", alone: false, hasBegun: true });
    await run;
    expect(await readJob(backend, id)).toEqual(before);
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { resume } from "../../server/engine/pause.ts";
import { pauseRestoredJobs } from "../../server/engine/pause-restored.ts";
import { noopCatalog } from "../sample-kinds/noop-catalog.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { eventTypes, insertJob, readJob, runningJob } from "../support/job-row.ts";

const backupAt = Date.UTC(2026, 10, 23, 7);

describe.each(backends)("the jobs of a restored backup on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  test("a running job is paused with its checkpoint, and counts no time since the backup", async () => {
    const { backend } = opened;
    await backend.db.updateTable("accounts").set({ running_jobs: 1 }).execute();
    const checkpoint = JSON.stringify({ step: 0, cursor: 7, done: 7 });
    const started = { claimed_at: backupAt - 4_000, running_ms: 1_000, checkpoint };
    const { id } = await insertJob(backend, runningJob({ ...started, cancel_requested_at: 1 }));
    expect(await pauseRestoredJobs(backend, backupAt)).toBe(1);
    expect(await readJob(backend, id)).toMatchObject({
      ...{ status: "paused", reason: "restored", checkpoint, running_ms: 5_000 },
      ...{ released_at: backupAt, worker_id: null, cancel_requested_at: null },
    });
    expect(await eventTypes(backend, id)).toEqual(["restored"]);
    const account = backend.db.selectFrom("accounts").select("running_jobs");
    expect(await account.executeTakeFirstOrThrow()).toEqual({ running_jobs: 0 });
  });

  test("queued and scheduled jobs are paused, and can be resumed or cancelled", async () => {
    const { backend } = opened;
    const later = backend.now() + 3_600_000;
    const queued = await insertJob(backend, { reason: "retry" });
    const scheduled = await insertJob(backend, { run_at: later });
    expect(await pauseRestoredJobs(backend, backupAt)).toBe(2);
    expect(await pauseRestoredJobs(backend, backupAt)).toBe(0);
    expect(await resume({ backend }, scheduled.id, "ada")).toMatchObject({
      ...{ status: "queued", reason: "resumed", run_at: later },
    });
    expect(await cancel({ backend, catalog: noopCatalog }, queued.id, "ada")).toMatchObject({
      status: "cancelled",
    });
  });

  test("ended jobs, and those that a person had paused, stay as they are", async () => {
    const { backend } = opened;
    const paused = await insertJob(backend, { status: "paused" });
    const done = await insertJob(backend, { status: "done", finished_at: 1 });
    expect(await pauseRestoredJobs(backend, backupAt)).toBe(0);
    expect(await readJob(backend, paused.id)).toEqual(paused);
    expect(await readJob(backend, done.id)).toEqual(done);
  });
});

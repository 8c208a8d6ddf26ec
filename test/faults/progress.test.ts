import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createEstimator } from "../../server/engine/eta/estimator.ts";
import { createProgressTracker } from "../../server/engine/run/progress-tracker.ts";
import { progressWriter } from "../../server/engine/run/progress-writer.ts";
import { backends } from "../support/backends.ts";
import { insertJob, readJob, runningJob } from "../support/job-row.ts";
import { isGapless, openScene } from "../support/scene/processes.ts";

describe.each(backends)("progress on $name", (which) => {
  test("a hundred thousand progress calls cost a few writes, and the last value is stored", async () => {
    const scene = await openScene(which);
    await scene.worker();
    const calls = 100_000;
    const id = await scene.start("frequent_progress", { calls, sleepMs: 1_500 });
    const reported = await scene.until(id, (row) => row.step_done === calls);
    expect(reported).toMatchObject({
      status: "running",
      message: `At ${calls}`,
      step_total: calls,
    });
    await sleep(400);
    const quiet = await scene.job(id);
    // The claim, the start of the step, and one write for each tenth of a second.
    expect(quiet.version).toBeLessThan(15);
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", step_done: calls, progress: 1 });
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(events.filter(({ type }) => type === "progress").length).toBeLessThan(6);
  });

  test("late progress of a lost run is discarded, while that of a valid run is stored", async () => {
    const scene = await openScene(which);
    const { backend } = scene;
    const lost = await insertJob(backend, runningJob({ fence: 2, event_seq: 4, step_done: 7 }));
    const valid = await insertJob(backend, runningJob({ fence: 1 }));
    const ended = await insertJob(backend, { status: "done", fence: 1, finished_at: 1 });
    const errors: unknown[] = [];
    const progress = createProgressTracker({
      write: progressWriter(backend),
      now: backend.now,
      elapsed: () => performance.now(),
      onError: (error) => errors.push(error),
    });
    for (const { id } of [lost, valid, ended]) {
      const run = progress.track(id, 1, createEstimator([1]));
      run.set(50, 100, "Late");
      run.log({ level: "info", message: "Late", at: 1 });
    }
    await progress.flush();
    expect(errors).toEqual([]);
    expect(await readJob(backend, lost.id)).toEqual(lost);
    expect(await readJob(backend, ended.id)).toEqual(ended);
    expect(await readJob(backend, valid.id)).toMatchObject({ step_done: 50, log_seq: 1 });
    const logs = await backend.db.selectFrom("job_logs").select("job_id").execute();
    expect(logs).toEqual([{ job_id: valid.id }]);
    const events = await backend.db.selectFrom("job_events").select("job_id").execute();
    expect(events).toEqual([{ job_id: valid.id }]);
  });

  test("fractional or infinite times do not fail the write that other jobs share", async () => {
    const { backend } = await openScene(which);
    const at = backend.now();
    const progress = createProgressTracker({
      write: progressWriter(backend),
      now: () => at,
      elapsed: () => 5,
      onError: () => {},
    });
    const jobs = [];
    for (const [ms, expected] of [
      [9_000.4, 1_000.6],
      [Number.POSITIVE_INFINITY, Number.NaN],
    ]) {
      const { id } = await insertJob(backend, runningJob({ fence: 1 }));
      const remaining = { from: expected!, to: expected! };
      const job = progress.track(id, 1, { ...createEstimator([1]), estimate: () => remaining });
      job.wait(ms!, null);
      job.set(1, 2, null);
      jobs.push(id);
    }
    await progress.flush();
    const [odd, none] = await Promise.all(jobs.map((id) => readJob(backend, id)));
    expect(odd).toMatchObject({
      waiting_until: at + 9_000,
      eta_latest: expect.any(Number),
      step_done: 1,
    });
    expect(none).toMatchObject({ waiting_until: null, eta_latest: null, step_done: 1 });
  });

  test("values that no column can store are clamped and do not fail the write that other jobs share", async () => {
    const scene = await openScene(which);
    const { backend } = scene;
    const errors: unknown[] = [];
    const progress = createProgressTracker({
      write: progressWriter(backend),
      now: backend.now,
      elapsed: () => performance.now(),
      onError: (error) => errors.push(error),
    });
    const track = async () => {
      const { id } = await insertJob(backend, runningJob({ fence: 1 }));
      return { id, run: progress.track(id, 1, createEstimator([1])) };
    };
    const other = await track();
    other.run.set(5, 10, "Well");
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1, 0.5];
    const invalid = [];
    for (const value of values) {
      const { id, run } = await track();
      run.set(value, 1, "Half of one: \u{1F600}".slice(0, -1));
      run.log({ level: "info", message: "A cell with \0 in it", at: 1 });
      invalid.push(id);
    }
    await progress.flush();
    expect(errors).toEqual([]);
    expect(await readJob(backend, other.id)).toMatchObject({ step_done: 5, message: "Well" });
    const rows = await Promise.all(invalid.map((id) => readJob(backend, id)));
    const max = Number.MAX_SAFE_INTEGER;
    expect(rows.map(({ step_done }) => step_done)).toEqual([0, max, max, 0, 1]);
    expect(rows.map(({ progress }) => progress)).toEqual([null, null, 1, 0, 0.5]);
    expect(rows.map(({ log_seq }) => log_seq)).toEqual([1, 1, 1, 1, 1]);
    expect(rows[0]!.message).toBe("Half of one: \u{FFFD}");
  });
});

import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { pause, resume } from "../../server/engine/pause.ts";
import { backends } from "../support/backends.ts";
import { finalEvents, isGapless, type Scene, useScene } from "../support/scene/processes.ts";

/** @returns the path of a file that does not exist yet */
function newCleanupLog({ place }: Scene): string {
  return join(place.storageDir, `cleanup-${randomUUID()}.log`);
}

describe.each(backends)("the outcome of a run on $name", (which) => {
  const sceneOf = useScene(which, { maxRunning: 20 }, (scene) => scene.worker({ RUNNERS: "1" }));
  const types = async (scene: Scene, id: string) =>
    (await scene.events(id)).map(({ type }) => type).filter((type) => type !== "progress");

  test("a temporary error is retried after its waits without repeating finished steps", async () => {
    const scene = sceneOf();
    const id = await scene.start("flaky", { failures: 3 });
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", retries: 3, fence: 4, rescues: 0 });
    expect(job.outcome).toBe("Done with true");
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(await types(scene, id)).toEqual([
      ...["created", "started", "step_started", "step_finished", "step_started"],
      ...["retry_scheduled", "continued", "retry_scheduled", "continued"],
      ...["retry_scheduled", "continued", "step_finished", "done"],
    ]);
    const waits = events.flatMap((event, at) => {
      if (event.type !== "retry_scheduled") return [];
      const next = events.slice(at).find(({ type }) => type === "continued")!;
      const { wait_ms } = JSON.parse(event.details!);
      return [{ wait: wait_ms as number, elapsed: next.created_at - event.created_at }];
    });
    expect(waits.map(({ wait }) => wait)).toEqual([100, 200, 400]);
    for (const { wait, elapsed } of waits) {
      // Two processes took the two times, and their clocks differ a little.
      expect(elapsed).toBeGreaterThanOrEqual(wait - 50);
      expect(elapsed).toBeLessThan(wait + 4_500);
    }
  });

  test("a job retries up to its limit, never after a refusal, and only the errors that its kind retries on", async () => {
    const scene = sceneOf();
    const [exhausted, refused, notRetried, retried] = await Promise.all([
      scene.start("flaky", { failures: 9 }),
      scene.start("flaky", { failures: 9, how: "refused" }),
      scene.start("flaky", { failures: 9, how: "not-retried" }),
      scene.start("flaky", { failures: 1, how: "retried" }),
    ]);
    expect(await scene.ended(refused)).toMatchObject({
      ...{ status: "failed", reason: "refused", retries: 0 },
      ...{ error: "The key was refused", advice: "Ask for a new key." },
    });
    expect(await scene.ended(notRetried)).toMatchObject({
      status: "failed",
      retries: 0,
      error: "not-retried",
    });
    expect(await scene.ended(retried)).toMatchObject({ status: "done", retries: 1 });
    const job = await scene.ended(exhausted);
    expect(job).toMatchObject({ status: "failed", reason: "error", retries: 3 });
    expect(job.error).toBe("The gateway was busy");
    expect(finalEvents(await scene.events(exhausted))).toHaveLength(1);
  });

  test("a job that is paused and resumed continues from its checkpoint", async () => {
    const scene = sceneOf();
    const id = await scene.start("copy_rows", { rows: 120, size: 1, pause: 20 });
    await scene.until(id, (row) => row.step_done > 10);
    await pause(scene, id, "person-1");
    const paused = await scene.until(id, (row) => row.status === "paused");
    await sleep(1_500);
    expect((await scene.job(id)).step_done).toBe(paused.step_done);
    expect(paused.step_done).toBeLessThan(120);
    await resume(scene, id, "person-1");
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", succeeded: 120, skipped: 0, retries: 0 });
    expect(await types(scene, id)).toEqual([
      ...["created", "started", "step_started", "pause_requested", "paused", "resumed"],
      ...["continued", "step_finished", "done"],
    ]);
  });

  test("a running job that is cancelled stops before the grace period ends and removes its scratch files", async () => {
    const scene = sceneOf();
    const cleanupLog = newCleanupLog(scene);
    const id = await scene.start("cleanup", { cleanupLog });
    const scratch = join(scene.place.storageDir, "jobs", id, "scratch");
    await scene.until(id, () => existsSync(join(scratch, "half.txt")));
    const requestedAt = performance.now();
    await cancel(scene, id, "person-1");
    const again = await cancel(scene, id, "person-1");
    expect(again.status).toBe("running");
    const job = await scene.ended(id);
    expect(performance.now() - requestedAt).toBeLessThan(4_500);
    expect(job).toMatchObject({ status: "cancelled", reason: "while_running", result_page: null });
    await expect.poll(() => existsSync(scratch)).toBe(false);
    expect(readFileSync(cleanupLog, "utf8")).toBe(`${id}\n`);
    const before = await scene.events(id);
    const { cleanup_due_at: _, ...same } = job;
    expect(await cancel(scene, id, "person-1")).toMatchObject(same);
    expect(await scene.events(id)).toEqual(before);
    expect(before.filter(({ type }) => type === "cancel_requested")).toHaveLength(1);
  });

  test("a job that ignores its signal is killed after the grace period and ends as cancelled", async () => {
    const scene = sceneOf();
    const cleanupLog = newCleanupLog(scene);
    const id = await scene.start("cleanup", { cleanupLog, ignoreSignalMs: 60_000 });
    const input = { rows: 200, size: 1, pause: 40, prefix: "neighbour" };
    const neighbour = await scene.start("copy_rows", input);
    const scratch = join(scene.place.storageDir, "jobs", id, "scratch");
    await scene.until(id, () => existsSync(join(scratch, "half.txt")));
    const requestedAt = performance.now();
    await cancel(scene, id, "person-1");
    const job = await scene.ended(id);
    expect(performance.now() - requestedAt).toBeGreaterThan(4_500);
    expect(performance.now() - requestedAt).toBeLessThan(30_000);
    expect(job.status).toBe("cancelled");
    await expect.poll(() => existsSync(scratch)).toBe(false);
    expect(readFileSync(cleanupLog, "utf8")).toBe(`${id}\n`);
    expect(finalEvents(await scene.events(id))).toHaveLength(1);
    const unharmed = await scene.ended(neighbour);
    expect(unharmed).toMatchObject({ status: "done", succeeded: 200, skipped: 0 });
  });

  test("a paused job that is cancelled runs its cleanup", async () => {
    const scene = sceneOf();
    const cleanupLog = newCleanupLog(scene);
    const id = await scene.start("cleanup", { cleanupLog });
    const scratch = join(scene.place.storageDir, "jobs", id, "scratch");
    await scene.until(id, () => existsSync(join(scratch, "half.txt")));
    await pause(scene, id, "person-1");
    await scene.until(id, (job) => job.status === "paused");
    expect((await cancel(scene, id, "person-1")).status).toBe("cancelled");
    await expect.poll(() => existsSync(cleanupLog), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => existsSync(scratch)).toBe(false);
    expect(readFileSync(cleanupLog, "utf8")).toBe(`${id}\n`);
  });

  test("a job that fails without a retry runs its cleanup", async () => {
    const scene = sceneOf();
    const cleanupLog = newCleanupLog(scene);
    const id = await scene.start("cleanup", { cleanupLog, fail: true });
    expect(await scene.ended(id)).toMatchObject({ status: "failed", reason: "error", retries: 0 });
    await expect
      .poll(() => existsSync(cleanupLog) && readFileSync(cleanupLog, "utf8"))
      .toBe(`${id}\n`);
    const scratch = join(scene.place.storageDir, "jobs", id, "scratch");
    await expect.poll(() => existsSync(scratch)).toBe(false);
  });

  test("a cancellation wins over an earlier pause", async () => {
    const scene = sceneOf();
    const cleanupLog = newCleanupLog(scene);
    const id = await scene.start("cleanup", { cleanupLog });
    await scene.until(id, (row) => row.current_step !== null);
    await pause(scene, id, "person-1");
    await cancel(scene, id, "person-1");
    expect(await scene.ended(id)).toMatchObject({ status: "cancelled" });
    await expect.poll(() => existsSync(cleanupLog)).toBe(true);
  });

  test("the timeout counts running time over all runs, without pauses", async () => {
    const scene = sceneOf();
    // The start of a runner would count as running time.
    await scene.ended(await scene.start("sleep", { ms: 1 }));
    const long = await scene.start("short_timeout", { batches: 1_000, batchMs: 50 });
    const paused = await scene.start("short_timeout", { batches: 25, batchMs: 100 });
    await scene.until(paused, (row) => row.step_done > 2);
    await pause(scene, paused, "person-1");
    await scene.until(paused, (row) => row.status === "paused");
    const late = await scene.ended(long);
    expect(late).toMatchObject({ status: "failed", reason: "timeout" });
    expect(late.finished_at! - late.started_at!).toBeLessThan(4_000 + 10_000);
    await sleep(1_000);
    await resume(scene, paused, "person-1");
    expect(await scene.ended(paused)).toMatchObject({ status: "done", succeeded: 25 });
  });

  test("the timeout counts no sleep, be it a long one or many short ones", async () => {
    const scene = sceneOf();
    const asleep = await scene.start("short_timeout", { batches: 1, batchMs: 0, sleepMs: 6_000 });
    const napping = await scene.start("short_timeout", { batches: 8, batchMs: 0, sleepMs: 700 });
    expect(await scene.ended(napping)).toMatchObject({ status: "done", succeeded: 8 });
    expect(await scene.ended(asleep)).toMatchObject({ status: "done", succeeded: 1 });
  });
});

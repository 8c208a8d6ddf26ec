import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { backends } from "../support/backends.ts";
import { openScene, type Scene } from "../support/scene/processes.ts";

/** Starts a job and cancels it; returns once its `cleanup` has begun. */
async function startCleanup(scene: Scene, input: { cleanupMs: number; ignoresSignal?: boolean }) {
  const cleanupLog = join(scene.place.storageDir, `cleanup-log-${Math.random()}`);
  const id = await scene.start("slow_cleanup", { cleanupLog, ...input });
  const scratch = join(scene.place.storageDir, "jobs", id, "scratch");
  await scene.until(id, () => existsSync(join(scratch, "half.txt")));
  await cancel(scene, id, "person-1");
  expect(await scene.ended(id)).toMatchObject({ status: "cancelled" });
  const readCleanupLog = () =>
    existsSync(cleanupLog) ? readFileSync(cleanupLog, "utf8").split("\n") : [];
  await expect.poll(readCleanupLog).toContain("begun");
  return { id, scratch, readCleanupLog };
}

describe.each(backends)("a job's cleanup on $name", (which) => {
  test("cleanup runs until its timeout and does not disturb other jobs", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    await scene.worker({ RUNNERS: "1" });
    const neighbour = await scene.start("copy_rows", { rows: 5_000, size: 1, pause: 20 });
    const [long, endless] = await Promise.all([
      startCleanup(scene, { cleanupMs: 9_000 }),
      startCleanup(scene, { cleanupMs: 60_000, ignoresSignal: false }),
    ]);
    for (const { id, scratch } of [long, endless]) {
      await expect.poll(() => existsSync(scratch), { timeout: 40_000 }).toBe(false);
      await scene.until(id, ({ cleanup_due_at }) => cleanup_due_at === null);
    }
    expect(long.readCleanupLog()).toEqual(["begun", "done", ""]);
    expect(endless.readCleanupLog()).toEqual(["begun", ""]);
    expect(await scene.job(neighbour)).toMatchObject({ status: "running", fence: 1, rescues: 0 });
  });

  test("cleanup that a shutdown interrupts runs again from its beginning", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    const first = await scene.worker({ RUNNERS: "1" });
    const { id, scratch, readCleanupLog } = await startCleanup(scene, {
      cleanupMs: 8_000,
      ignoresSignal: false,
    });
    await first.stop();
    expect(readCleanupLog()).toEqual(["begun", ""]);
    expect(existsSync(scratch)).toBe(true);
    await scene.worker({ RUNNERS: "1" });
    await expect.poll(readCleanupLog, { timeout: 50_000 }).toEqual(["begun", "begun", "done", ""]);
    await scene.until(id, ({ cleanup_due_at }) => cleanup_due_at === null);
    expect(existsSync(scratch)).toBe(false);
  });
});

describe.each(backends.slice(0, 1))("a cleanup that ignores its signal on $name", (which) => {
  test("the worker kills such a cleanup at its timeout, removes its files and does not run it again", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    await scene.worker({ RUNNERS: "1" });
    const { id, scratch, readCleanupLog } = await startCleanup(scene, { cleanupMs: 120_000 });
    await sleep(8_000);
    expect(existsSync(scratch)).toBe(true);
    await expect.poll(() => existsSync(scratch), { timeout: 40_000 }).toBe(false);
    await scene.until(id, ({ cleanup_due_at }) => cleanup_due_at === null);
    expect(readCleanupLog()).toEqual(["begun", ""]);
  });
});

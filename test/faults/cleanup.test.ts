import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { backends } from "../support/backends.ts";
import { openScene, type Scene } from "./scene.ts";

/** A job that was cancelled while it ran, in whose `cleanup` its runner is by now. */
async function cleaningUp(scene: Scene, input: { cleanupMs: number; ignoresSignal?: boolean }) {
  const cleanupLog = join(scene.place.storageDir, `cleanup-log-${Math.random()}`);
  const id = await scene.start("slow_cleanup", { cleanupLog, ...input });
  const scratch = join(scene.place.storageDir, "jobs", id, "scratch");
  await scene.until(id, () => existsSync(join(scratch, "half.txt")));
  await cancel(scene.backend, id, "person-1");
  expect(await scene.ended(id)).toMatchObject({ status: "cancelled" });
  const said = () => (existsSync(cleanupLog) ? readFileSync(cleanupLog, "utf8").split("\n") : []);
  await expect.poll(said).toContain("begun");
  return { id, scratch, said };
}

describe.each(backends)("cleaning up on $name", (which) => {
  test("takes the time that it has, or stops when that is used up, and no neighbour notices", {
    timeout: 90_000,
  }, async () => {
    const scene = await openScene(which);
    await scene.worker({ RUNNERS: "1" });
    const neighbour = await scene.start("copy_rows", { rows: 5_000, size: 1, pause: 20 });
    const [long, endless] = await Promise.all([
      cleaningUp(scene, { cleanupMs: 9_000 }),
      cleaningUp(scene, { cleanupMs: 60_000, ignoresSignal: false }),
    ]);
    for (const { id, scratch } of [long, endless]) {
      await expect.poll(() => existsSync(scratch), { timeout: 40_000 }).toBe(false);
      await scene.until(id, ({ cleanup_due_at }) => cleanup_due_at === null);
    }
    expect(long.said()).toEqual(["begun", "done", ""]);
    expect(endless.said()).toEqual(["begun", ""]);
    expect(await scene.job(neighbour)).toMatchObject({ status: "running", fence: 1, rescues: 0 });
  });

  test("is begun anew where a shutdown interrupted it", { timeout: 90_000 }, async () => {
    const scene = await openScene(which);
    const first = await scene.worker({ RUNNERS: "1" });
    const { id, scratch, said } = await cleaningUp(scene, {
      cleanupMs: 8_000,
      ignoresSignal: false,
    });
    await first.stop();
    expect(said()).toEqual(["begun", ""]);
    expect(existsSync(scratch)).toBe(true);
    await scene.worker({ RUNNERS: "1" });
    await expect.poll(said, { timeout: 50_000 }).toEqual(["begun", "begun", "done", ""]);
    await scene.until(id, ({ cleanup_due_at }) => cleanup_due_at === null);
    expect(existsSync(scratch)).toBe(false);
  });
});

describe.each(backends.slice(0, 1))("cleaning up that does not listen, on $name", (which) => {
  test("is killed when its time is used up and not begun again; its files go", {
    timeout: 90_000,
  }, async () => {
    const scene = await openScene(which);
    await scene.worker({ RUNNERS: "1" });
    const { id, scratch, said } = await cleaningUp(scene, { cleanupMs: 120_000 });
    await sleep(8_000);
    expect(existsSync(scratch)).toBe(true);
    await expect.poll(() => existsSync(scratch), { timeout: 40_000 }).toBe(false);
    await scene.until(id, ({ cleanup_due_at }) => cleanup_due_at === null);
    expect(said()).toEqual(["begun", ""]);
  });
});

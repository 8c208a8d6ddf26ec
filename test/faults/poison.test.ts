import { describe, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { backends } from "../support/backends.ts";
import { finals, gapless, openScene } from "./scene.ts";

/** One runner for all, so that every job has a neighbour to harm. */
const shared = { RUNNERS: "1", LOG_LEVEL: "info" };
/** Little memory, so that it is used up soon. */
const small = { ...shared, NODE_OPTIONS: "--max-old-space-size=80" };

describe.each(backends)("a harmful kind on $name", (which) => {
  test("one that loops is killed at its deadline, and its neighbours finish", {
    timeout: 60_000,
  }, async () => {
    const scene = await openScene(which);
    await scene.worker(shared);
    const neighbour = await scene.start("copy_rows", { rows: 300, size: 10, pause: 50 });
    await scene.until(neighbour, (row) => row.step_done > 0);
    const loop = await scene.start("endless_loop", {});
    const ended = await scene.ended(loop, 30_000);
    expect(ended).toMatchObject({ status: "failed", reason: "timeout", rescues: 0 });
    expect(ended.finished_at! - ended.started_at!).toBeLessThan(3_000 + 5_000 + 3_000);
    expect(finals(await scene.events(loop))).toHaveLength(1);
    const finished = await scene.ended(neighbour);
    expect(finished).toMatchObject({ status: "done", succeeded: 300, skipped: 0, rescues: 0 });
    expect(finished.retries).toBe(0);
  });

  test.each(["kill", "exit", "memory"])(
    "one that ends its process by %s is given up, alone",
    {
      timeout: 90_000,
    },
    async (how) => {
      const scene = await openScene(which);
      await scene.worker(how === "memory" ? small : shared);
      const neighbour = await scene.start("copy_rows", { rows: 400, size: 5, pause: 20 });
      await scene.until(neighbour, (row) => row.step_done > 0);
      const poison = await scene.start("crash", { how });
      const ended = await scene.ended(poison, 60_000);
      expect(ended).toMatchObject({
        status: "failed",
        reason: "worker_lost",
        fence: 3,
        retries: 0,
      });
      expect(ended.error).toContain("3 times");
      const events = await scene.events(poison);
      expect(gapless(events)).toBe(true);
      expect(finals(events)).toHaveLength(1);
      const finished = await scene.ended(neighbour, 30_000);
      expect(finished).toMatchObject({ status: "done", succeeded: 400, skipped: 0 });
    },
  );
});

const sqlite = backends.filter(({ name }) => name === "sqlite");

describe.each(sqlite)("a loop that has time, $name", (which) => {
  test("is found by its silence, runs alone from then on, and can be cancelled", {
    timeout: 120_000,
  }, async () => {
    const scene = await openScene(which);
    await scene.worker(shared);
    const neighbour = await scene.start("copy_rows", { rows: 150, size: 1, pause: 40 });
    await scene.until(neighbour, (row) => row.step_done > 0);
    const loop = await scene.start("endless_loop_1h", {});
    await scene.until(loop, (row) => row.status === "running" && row.rescues === 2, 45_000);
    const finished = await scene.ended(neighbour, 20_000);
    expect(finished).toMatchObject({ status: "done", succeeded: 150, skipped: 0 });
    expect((await scene.job(loop)).status).toBe("running");
    await cancel(scene.backend, loop, "person-1");
    expect((await scene.ended(loop, 12_000)).status).toBe("cancelled");
    expect(finals(await scene.events(loop))).toHaveLength(1);
  });
});

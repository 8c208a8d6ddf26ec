import { describe, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { backends } from "../support/backends.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";

/** One runner for all jobs, so that a harmful job shares its process with another one. */
const oneRunner = { RUNNERS: "1", LOG_LEVEL: "info" };
/** A small heap, which is exhausted soon. */
const smallHeap = { ...oneRunner, NODE_OPTIONS: "--max-old-space-size=80" };

describe.each(backends)("harmful kinds on $name", (which) => {
  test("a job in an endless loop is killed at its timeout, and the other jobs of its runner finish", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    await scene.worker(oneRunner);
    const neighbour = await scene.start("copy_rows", { rows: 300, size: 10, pause: 50 });
    await scene.until(neighbour, (row) => row.step_done > 0);
    const loop = await scene.start("endless_loop", {});
    const ended = await scene.ended(loop);
    expect(ended).toMatchObject({ status: "failed", reason: "timeout", rescues: 0 });
    expect(ended.finished_at! - ended.started_at!).toBeLessThan(3_000 + 5_000 + 15_000);
    expect(finalEvents(await scene.events(loop))).toHaveLength(1);
    const finished = await scene.ended(neighbour);
    expect(finished).toMatchObject({ status: "done", succeeded: 300, skipped: 0, rescues: 0 });
    expect(finished.retries).toBe(0);
  });

  test("an error that nothing awaits fails its job once, and the other jobs of its runner finish", async () => {
    const scene = await openScene(which);
    const worker = await scene.worker({ ...oneRunner, NODE_ENV: "development" });
    const neighbour = await scene.start("copy_rows", { rows: 300, size: 10, pause: 50 });
    await scene.until(neighbour, (row) => row.step_done > 0);
    const rejected = await scene.ended(await scene.start("careless", { how: "rejection" }));
    const failedOnce = { status: "failed", reason: "error", fence: 1, retries: 0, rescues: 0 };
    expect(rejected).toMatchObject(failedOnce);
    expect(rejected.error).toMatch(
      /^A promise that nothing awaits was rejected: the letter was lost \(sample-kinds\/careless\.ts, line \d+\)$/,
    );
    const thrown = await scene.ended(await scene.start("careless", { how: "callback" }));
    expect(thrown).toMatchObject(failedOnce);
    expect(thrown.error).toMatch(
      /^An error was thrown outside of run, .*\(sample-kinds\/careless\.ts, line \d+\)$/,
    );
    const finished = await scene.ended(neighbour);
    expect(finished).toMatchObject({ status: "done", succeeded: 300, fence: 1, rescues: 0 });
    expect(worker.output()).not.toContain("runner lost");
  });

  test.each(["kill", "exit", "memory"])(
    "a job that ends its runner by %s fails after four crashes, and the other jobs finish",
    {
      timeout: 300_000,
    },
    async (how) => {
      const scene = await openScene(which);
      await scene.worker(how === "memory" ? smallHeap : oneRunner);
      const neighbour = await scene.start("copy_rows", { rows: 400, size: 5, pause: 20 });
      await scene.until(neighbour, (row) => row.step_done > 0);
      const crash = await scene.start("crash", { how });
      const ended = await scene.ended(crash);
      expect(ended).toMatchObject({
        status: "failed",
        reason: "worker_lost",
        fence: 4,
        retries: 0,
      });
      const events = await scene.events(crash);
      expect(finalEvents(events)).toMatchObject([
        { type: "failed", details: JSON.stringify({ reason: "worker_lost", rescues: 4 }) },
      ]);
      expect(isGapless(events)).toBe(true);
      const finished = await scene.ended(neighbour);
      expect(finished).toMatchObject({ status: "done", succeeded: 400, skipped: 0 });
    },
  );
});

const sqlite = backends.filter(({ name }) => name === "sqlite");

describe.each(sqlite)("an endless loop with a long timeout on $name", (which) => {
  test("a job that blocks its runner is rescued, runs in a runner of its own and can be cancelled", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    await scene.worker(oneRunner);
    const neighbour = await scene.start("copy_rows", { rows: 150, size: 1, pause: 40 });
    await scene.until(neighbour, (row) => row.step_done > 0);
    const loop = await scene.start("endless_loop_1h", {});
    await scene.until(loop, (row) => row.status === "running" && row.rescues === 1, 120_000);
    const finished = await scene.ended(neighbour);
    expect(finished).toMatchObject({ status: "done", succeeded: 150, skipped: 0 });
    expect((await scene.job(loop)).status).toBe("running");
    await cancel(scene, loop, "person-1");
    expect((await scene.ended(loop)).status).toBe("cancelled");
    expect(finalEvents(await scene.events(loop))).toHaveLength(1);
  });
});

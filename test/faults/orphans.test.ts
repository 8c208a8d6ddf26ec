import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { backends } from "../support/backends.ts";
import { descendantsOf, isAlive } from "../support/processes.ts";
import { openScene } from "../support/scene/processes.ts";

describe.each(backends)("orphaned processes on $name", (which) => {
  test("a runner in an endless loop ends within seconds after its supervisor was killed", async () => {
    const scene = await openScene(which);
    const worker = await scene.worker({ RUNNERS: "1" });
    const id = await scene.start("endless_loop_1h", {});
    await scene.until(id, (row) => row.status === "running");
    // By now the loop blocks its event loop.
    await sleep(1_500);
    const runners = descendantsOf(worker.pid);
    expect(runners.length).toBeGreaterThan(0);
    worker.kill("SIGKILL");
    await worker.exited;
    await vi.waitFor(() => expect(runners.filter(isAlive)).toEqual([]), 12_000);
  });

  test.each([50, 300])(
    "a worker ends after the web process that was killed %i ms after starting it",
    async (ms) => {
      const scene = await openScene(which);
      const application = await scene.application();
      const [before] = descendantsOf(application.pid);
      process.kill(before!, "SIGKILL");
      // The web process is about to start a new worker, or has just started it.
      await sleep(500 + ms);
      const family = descendantsOf(application.pid);
      application.kill("SIGKILL");
      await application.exited;
      await vi.waitFor(() => expect(family.filter(isAlive)).toEqual([]), 12_000);
    },
  );
});

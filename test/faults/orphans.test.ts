import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { backends } from "../support/backends.ts";
import { descendantsOf, isAlive } from "../support/processes.ts";
import { openScene } from "./scene.ts";

describe.each(backends)("processes whose parent was killed on $name", (which) => {
  test("a runner in a busy loop ends within seconds of its supervisor", async () => {
    const scene = await openScene(which);
    const worker = await scene.worker({ RUNNERS: "1" });
    const id = await scene.start("endless_loop_1h", {});
    await scene.until(id, (row) => row.status === "running");
    // By now it loops and hears nothing.
    await sleep(1_500);
    const runners = descendantsOf(worker.pid);
    expect(runners.length).toBeGreaterThan(0);
    worker.kill("SIGKILL");
    await worker.gone;
    await vi.waitFor(() => expect(runners.filter(isAlive)).toEqual([]), 3_000);
  });

  test.each([50, 300])(
    "a worker ends with the web process that died %i ms after starting it",
    async (ms) => {
      const scene = await openScene(which);
      const application = await scene.application();
      const [before] = descendantsOf(application.pid);
      process.kill(before!, "SIGKILL");
      // Another one is being started by now, or about to be.
      await sleep(500 + ms);
      const family = descendantsOf(application.pid);
      application.kill("SIGKILL");
      await application.gone;
      await vi.waitFor(() => expect(family.filter(isAlive)).toEqual([]), 12_000);
    },
  );
});

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { backends } from "../support/backends.ts";
import { descendantsOf, isAlive } from "../support/processes.ts";
import { openScene } from "./scene.ts";

describe.each(backends)("runners without their supervisor on $name", (which) => {
  test("a runner in a busy loop ends within seconds of its killed supervisor", async () => {
    const scene = await openScene(which);
    const worker = await scene.worker({ RUNNERS: "1" });
    const id = await scene.start("spin_long", {});
    await scene.until(id, (row) => row.status === "running");
    // By now it loops and hears nothing.
    await sleep(1_500);
    const runners = descendantsOf(worker.pid);
    expect(runners.length).toBeGreaterThan(0);
    worker.kill("SIGKILL");
    await worker.gone;
    await vi.waitFor(() => expect(runners.filter(isAlive)).toEqual([]), 3_000);
  });
});

import { describe, expect, test } from "vitest";
import { rescue } from "../../server/engine/finish.ts";
import { backends } from "../support/backends.ts";
import { openScene } from "../support/scene/processes.ts";

/** A worker with no running jobs stops well before the grace period for hanging jobs. */
const maxStopMs = 5_000;

describe.each(backends)("a reclaimed job on $name", (which) => {
  const open = async () => {
    const scene = await openScene(which);
    const worker = await scene.worker({ RUNNERS: "1" });
    return {
      scene,
      async stops() {
        const requestedAt = performance.now();
        await worker.stop();
        expect(performance.now() - requestedAt).toBeLessThan(maxStopMs);
        expect((await worker.exited).code).toBe(0);
      },
    };
  };

  test("a rescued job that the same worker claims again runs once more only", {
    timeout: 300_000,
  }, async () => {
    const { scene, stops } = await open();
    const id = await scene.start("copy_rows", { rows: 250, size: 1, pause: 20 });
    const row = await scene.until(id, ({ step_done }) => step_done > 5);
    await rescue(scene.backend, row);
    const ended = await scene.ended(id);
    expect(ended).toMatchObject({ status: "done", succeeded: 250, skipped: 0, fence: 2 });
    const rescued = (await scene.events(id)).filter(({ type }) => type === "rescued");
    expect(rescued).toHaveLength(1);
    await stops();
  });
});

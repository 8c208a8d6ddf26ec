import { describe, expect, test } from "vitest";
import { rescue } from "../../server/engine/finish.ts";
import { backends } from "../support/backends.ts";
import { openScene } from "./scene.ts";

/** A worker whose slots are all free ends well within the time that it gives to jobs that hang. */
const promptMs = 5_000;

describe.each(backends)("a job that meets itself in its worker on $name", (which) => {
  const open = async () => {
    const scene = await openScene(which);
    const worker = await scene.worker({ RUNNERS: "1" });
    return {
      scene,
      async stops() {
        const asked = performance.now();
        await worker.stop();
        expect(performance.now() - asked).toBeLessThan(promptMs);
        expect((await worker.gone).code).toBe(0);
      },
    };
  };

  test("one that others gave up comes back to it, and is run once more only", {
    timeout: 60_000,
  }, async () => {
    const { scene, stops } = await open();
    const id = await scene.start("copy_rows", { rows: 250, size: 1, pause: 20 });
    const row = await scene.until(id, ({ step_done }) => step_done > 5);
    await rescue(scene.backend, row);
    const ended = await scene.ended(id, 40_000);
    expect(ended).toMatchObject({ status: "done", succeeded: 250, skipped: 0, fence: 2 });
    const rescued = (await scene.events(id)).filter(({ type }) => type === "rescued");
    expect(rescued).toHaveLength(1);
    await stops();
  });
});

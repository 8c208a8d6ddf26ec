import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { killFamily } from "../support/processes.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";

const crashes = 9;
const jobs = 60;

describe.each(backends)("a worker in a crash loop on $name", (which) => {
  test("a worker that is killed soon after each claim fails none of its jobs", async () => {
    const scene = await openScene(which, { maxRunning: jobs });
    const ids: string[] = [];
    for (let n = 0; n < jobs; n++) ids.push(await scene.start("sleep", { ms: 8_000 }));
    const [first] = ids;
    for (let crash = 0; crash < crashes; crash++) {
      const { fence } = await scene.job(first!);
      const worker = await scene.worker({ RUNNERS: "1" });
      await scene.until(first!, (row) => row.fence > fence);
      await sleep(Math.random() * 500);
      await killFamily(worker);
    }
    // Each crash hit a run of this job.
    expect((await scene.job(first!)).fence).toBeGreaterThanOrEqual(crashes);
    await scene.worker({ RUNNERS: "2", CONCURRENCY: String(jobs) });
    for (const id of ids) {
      expect(await scene.ended(id)).toMatchObject({ status: "done", rescues: 0, retries: 0 });
      const events = await scene.events(id);
      expect(isGapless(events)).toBe(true);
      expect(finalEvents(events)).toHaveLength(1);
    }
  });
});

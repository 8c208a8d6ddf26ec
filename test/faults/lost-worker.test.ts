import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { childrenOf, descendantsOf, signalTo } from "../support/processes.ts";
import { finals, gapless, killFamily, openScene, type Scene } from "./scene.ts";

/** From the kill to the job running again, at most, ms. */
const limit = 8_000;

describe.each(backends)("a lost worker on $name", (which) => {
  test("worker and runner killed twenty times over one job: every row is there once", {
    timeout: 240_000,
  }, async ({ annotate }) => {
    const rows = 4_000;
    const scene = await openScene(which);
    const application = await scene.application({ RUNNERS: "1" });
    const id = await scene.start("copy_rows", { rows, size: 10, pause: 15 });
    const waits: number[] = [];
    for (let kill = 0; kill < 20; kill++) {
      await atAnyMoment(scene, id);
      const [worker] = childrenOf(application.pid);
      const runners = descendantsOf(worker!);
      const lost = [[worker!], runners, [worker!, ...runners]][kill % 3]!;
      waits.push(await untilAgain(scene, id, () => lost.map((pid) => signalTo(pid, "SIGKILL"))));
    }
    await annotate(`Running again after ${told(waits)}`);
    expect(Math.max(...waits)).toBeLessThan(limit);
    await expectWhole(scene, id, rows);
  });

  test("a machine lost with all its processes: another takes its jobs over", {
    timeout: 120_000,
  }, async ({ annotate }) => {
    const rows = 1_500;
    const scene = await openScene(which);
    let worker = await scene.worker();
    const id = await scene.start("copy_rows", { rows, size: 5, pause: 15 });
    const waits: number[] = [];
    for (let kill = 0; kill < 3; kill++) {
      await atAnyMoment(scene, id);
      const standby = await scene.worker();
      waits.push(await untilAgain(scene, id, () => killFamily(worker)));
      worker = standby;
    }
    await annotate(`Running again after ${told(waits)}`);
    expect(Math.max(...waits)).toBeLessThan(limit);
    await expectWhole(scene, id, rows);
  });
});

/** In or between two batches, but behind a checkpoint of this run. */
async function atAnyMoment(scene: Scene, id: string): Promise<void> {
  const before = await scene.job(id);
  await scene.until(id, (row) => row.status === "running" && row.step_done > before.step_done);
  await sleep(Math.random() * 60);
}

/** @returns ms from the kill to the next run */
async function untilAgain(scene: Scene, id: string, kill: () => unknown): Promise<number> {
  const { fence, status } = await scene.job(id);
  expect(status).toBe("running");
  const at = performance.now();
  await kill();
  await scene.until(id, (row) => row.fence > fence && row.status === "running");
  return performance.now() - at;
}

async function expectWhole(scene: Scene, id: string, rows: number): Promise<void> {
  const job = await scene.ended(id, 60_000);
  expect(job).toMatchObject({ status: "succeeded", succeeded: rows, failed: 0, skipped: 0 });
  expect(job.retries).toBe(0);
  const events = await scene.events(id);
  expect(gapless(events)).toBe(true);
  expect(finals(events).map(({ type }) => type)).toEqual(["succeeded"]);
  const { count } = await scene.backend.db
    .selectFrom("contacts")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("job_id", "=", id)
    .executeTakeFirstOrThrow();
  expect(count).toBe(rows);
}

function told(waits: number[]): string {
  const sorted = waits.map(Math.round).sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1]} ms in the middle, ${sorted.at(-1)} ms at most`;
}

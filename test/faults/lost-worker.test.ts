import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { childrenOf, descendantsOf, killFamily, signalTo } from "../support/processes.ts";
import { atAnyMoment, limit, told, untilAgain } from "./kills.ts";
import { finals, gapless, openScene, type Scene } from "./scene.ts";

describe.each(backends)("a lost worker on $name", (which) => {
  test("worker and runner killed again and again over one job: every row is there once", {
    timeout: 120_000,
  }, async ({ annotate }) => {
    const rows = 1_500;
    const scene = await openScene(which);
    const application = await scene.application({ RUNNERS: "1" });
    const id = await scene.start("copy_rows", { rows, size: 10, pause: 15 });
    const waits: number[] = [];
    for (let kill = 0; kill < 6; kill++) {
      await atAnyMoment(scene, id);
      const [worker] = childrenOf(application.pid);
      const runners = descendantsOf(worker!);
      const lost = [[worker!], runners, [worker!, ...runners]][kill % 3]!;
      waits.push(await untilAgain(scene, id, () => lost.map((pid) => signalTo(pid, "SIGKILL"))));
    }
    await annotate(told(waits));
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
    for (let kill = 0; kill < 2; kill++) {
      await atAnyMoment(scene, id);
      const standby = await scene.worker();
      waits.push(await untilAgain(scene, id, () => killFamily(worker)));
      worker = standby;
    }
    await annotate(told(waits));
    expect(Math.max(...waits)).toBeLessThan(limit);
    await expectWhole(scene, id, rows);
  });
});

async function expectWhole(scene: Scene, id: string, rows: number): Promise<void> {
  const job = await scene.ended(id, 60_000);
  expect(job).toMatchObject({ status: "done", succeeded: rows, rejected: 0, skipped: 0 });
  expect(job.retries).toBe(0);
  const events = await scene.events(id);
  expect(gapless(events)).toBe(true);
  expect(finals(events).map(({ type }) => type)).toEqual(["done"]);
  const { count } = await scene.backend.db
    .selectFrom("contacts")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("job_id", "=", id)
    .executeTakeFirstOrThrow();
  expect(count).toBe(rows);
}

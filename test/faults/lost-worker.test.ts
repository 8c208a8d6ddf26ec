import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { childrenOf, descendantsOf, killFamily, signalTo } from "../support/processes.ts";
import { finalEvents, isGapless, openScene, type Scene } from "../support/scene/processes.ts";
import { formatTakeovers, measureTakeover, waitForCheckpoint } from "./takeover.ts";

describe.each(backends)("a lost worker on $name", (which) => {
  test("a job whose worker and runner are killed repeatedly writes every row once", {
    timeout: 300_000,
  }, async ({ annotate }) => {
    const rows = 1_500;
    const scene = await openScene(which);
    const application = await scene.application({ RUNNERS: "1" });
    const id = await scene.start("copy_rows", { rows, size: 10, pause: 15 });
    const waits: number[] = [];
    for (let kill = 0; kill < 6; kill++) {
      await waitForCheckpoint(scene, id);
      const [worker] = childrenOf(application.pid);
      const runners = descendantsOf(worker!);
      const victims = [[worker!], runners, [worker!, ...runners]][kill % 3]!;
      waits.push(
        await measureTakeover(scene, id, () => victims.map((pid) => signalTo(pid, "SIGKILL"))),
      );
    }
    await annotate(formatTakeovers(waits));
    await expectIntact(scene, id, rows);
  });

  test("another worker takes over the jobs of a worker that is lost with all its processes", {
    timeout: 300_000,
  }, async ({ annotate }) => {
    // Enough for a standby worker to start before the end, also on a slow machine.
    const rows = 4_000;
    const scene = await openScene(which);
    let worker = await scene.worker();
    const id = await scene.start("copy_rows", { rows, size: 5, pause: 15 });
    const waits: number[] = [];
    for (let kill = 0; kill < 2; kill++) {
      await waitForCheckpoint(scene, id);
      const standby = await scene.worker();
      waits.push(await measureTakeover(scene, id, () => killFamily(worker)));
      worker = standby;
    }
    await annotate(formatTakeovers(waits));
    await expectIntact(scene, id, rows);
  });
});

async function expectIntact(scene: Scene, id: string, rows: number): Promise<void> {
  const job = await scene.ended(id);
  expect(job).toMatchObject({ status: "done", succeeded: rows, rejected: 0, skipped: 0 });
  expect(job.retries).toBe(0);
  const events = await scene.events(id);
  expect(isGapless(events)).toBe(true);
  expect(finalEvents(events).map(({ type }) => type)).toEqual(["done"]);
  const { count } = await scene.backend.db
    .selectFrom("contacts")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("job_id", "=", id)
    .executeTakeFirstOrThrow();
  expect(count).toBe(rows);
}

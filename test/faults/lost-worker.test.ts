import { describe, expect, test } from "vitest";
import { streamOutput } from "../../server/engine/job-output.ts";
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

  test("a job whose runner is killed while it writes text has the whole text once and in order", async () => {
    const words = 300;
    const scene = await openScene(which);
    const worker = await scene.worker({ RUNNERS: "1" });
    const id = await scene.start("typing", { words });
    for (let kills = 0; kills < 3; kills++) {
      const killed = await untilTextBehindCheckpoint(scene, id, kills);
      for (const pid of childrenOf(worker.pid)) signalTo(pid, "SIGKILL");
      await scene.until(id, ({ fence }) => fence > killed);
    }
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", succeeded: words, fence: 4 });
    let text = "";
    for await (const piece of streamOutput(scene.backend.db, id, 0)) text += piece;
    expect(text).toBe(Array.from({ length: words }, (_, at) => `${at + 1} `).join(""));
    expect(job.output_length).toBe(text.length);
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

/**
 * Waits until a checkpoint of this run has kept some text, and the database has more behind it.
 * @param kills the number of earlier runs
 * @returns the fence of the run
 */
async function untilTextBehindCheckpoint(scene: Scene, id: string, kills: number): Promise<number> {
  const { db } = scene.backend;
  const before = await scene.job(id);
  await scene.until(id, (row) => row.fence === kills + 1 && row.step_done > before.step_done);
  for (;;) {
    const pieces = db.selectFrom("job_output").select("is_kept").where("job_id", "=", id);
    if ((await pieces.execute()).some((piece) => piece.is_kept === 0)) return kills + 1;
  }
}

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

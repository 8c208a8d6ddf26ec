import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { finals, gapless, killFamily, openScene } from "./scene.ts";

const kills = 20;
const rows = 6_000;

describe.each(backends)("a lost worker on $name", (which) => {
  test("killed twenty times over one job, every row is there once and it soon runs again", {
    timeout: 300_000,
  }, async ({ annotate }) => {
    const scene = await openScene(which);
    const id = await scene.start("copy_rows", { rows, size: 10, pause: 15 });
    let worker = await scene.worker();
    await scene.until(id, (row) => row.step_done > 0);
    const waits: number[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const before = await scene.job(id);
      // At any moment of a batch, but behind a checkpoint of this run.
      await scene.until(id, (row) => row.step_done > before.step_done);
      await sleep(Math.random() * 60);
      const { fence, status } = await scene.job(id);
      expect(status).toBe("running");
      await killFamily(worker);
      const killedAt = performance.now();
      worker = await scene.worker();
      await scene.until(id, (row) => row.fence > fence && row.status === "running");
      waits.push(performance.now() - killedAt);
    }
    waits.sort((a, b) => a - b);
    await annotate(`Running again after ${waits.map(Math.round).join(", ")} ms`);
    expect(waits.at(-1)).toBeLessThan(8_000);

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
    expect(Number(count)).toBe(rows);
  });
});

import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { descendantsOf, isAlive } from "../support/processes.ts";
import { isGapless, openScene } from "../support/scene/processes.ts";
import { countLockedEntries } from "./locked-entries.ts";

describe.each(backends)("a graceful shutdown on $name", (which) => {
  test("two workers release their jobs within ten seconds, and the next worker continues them", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which, { maxRunning: 10 });
    const workers = [await scene.worker({ RUNNERS: "1" }), await scene.worker({ RUNNERS: "1" })];
    const copies = [];
    for (let n = 0; n < 4; n++) {
      const input = { rows: 600, size: 1, pause: 15, prefix: `copy-${n}` };
      copies.push(await scene.start("copy_rows", input));
    }
    const ignoring = await scene.start("cleanup", {
      cleanupLog: "/dev/null",
      ignoreSignalMs: 60_000,
    });
    const all = [...copies, ignoring];
    for (const id of copies) await scene.until(id, (row) => row.step_done > 10);
    await scene.until(ignoring, (row) => row.status === "running");

    const family = workers.flatMap(({ pid }) => [pid, ...descendantsOf(pid)]);
    const requestedAt = performance.now();
    for (const worker of workers) worker.kill("SIGTERM");
    for (const worker of workers) expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - requestedAt).toBeLessThan(10_000);
    expect(family.filter(isAlive)).toEqual([]);
    for (const id of all) {
      const row = await scene.job(id);
      expect(row).toMatchObject({ status: "queued", reason: "interrupted" });
      expect(row).toMatchObject({ retries: 0, rescues: 0, worker_id: null });
    }
    expect(await countLockedEntries(scene.backend)).toBe(0);
    const account = scene.backend.db.selectFrom("accounts").select("running_jobs");
    expect((await account.executeTakeFirstOrThrow()).running_jobs).toBe(0);

    await scene.worker();
    for (const id of copies) {
      const row = await scene.ended(id);
      expect(row).toMatchObject({ status: "done", succeeded: 600, skipped: 0, fence: 2 });
      expect(isGapless(await scene.events(id))).toBe(true);
    }
  });
});

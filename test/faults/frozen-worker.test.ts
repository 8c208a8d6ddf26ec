import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { descendantsOf, signalTo } from "../support/processes.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";

const rows = 900;

describe.each(backends)("a frozen worker on $name", (which) => {
  test("a frozen worker's job continues on another worker, and its late writes are discarded", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which);
    const frozen = await scene.worker();
    const id = await scene.start("copy_rows", { rows, size: 1, pause: 15 });
    await scene.until(id, (row) => row.step_done > 20);
    const second = await scene.worker();

    const family = [frozen.pid, ...descendantsOf(frozen.pid)];
    await freeze(family, () => which.name === "postgres" || isWritable(scene.url));
    const { fence } = await scene.job(id);
    const frozenAt = performance.now();
    await scene.until(id, (row) => row.fence > fence && row.status === "running");
    expect(performance.now() - frozenAt).toBeLessThan(30_000);
    expect(second.output()).toContain("workers lost");

    for (const pid of family) signalTo(pid, "SIGCONT");
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", succeeded: rows, skipped: 0, fence: 2 });
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(finalEvents(events)).toHaveLength(1);
    expect(events.filter(({ type }) => type === "rescued")).toHaveLength(1);
    // The worker finds itself declared lost and registers again under a new id.
    expect(frozen.output()).toContain("declared lost");
    const next = await scene.start("sleep", { ms: 1 });
    expect((await scene.ended(next)).status).toBe("done");
  });
});

/**
 * Stops the processes between two batches: a process that is frozen inside a transaction would keep
 * the write lock of the SQLite file, and no other process could take the job over.
 */
async function freeze(family: readonly number[], othersCanWrite: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    for (const pid of family) signalTo(pid, "SIGSTOP");
    if (othersCanWrite()) return;
    for (const pid of family) signalTo(pid, "SIGCONT");
    await sleep(7);
  }
  throw new Error("The worker was inside a transaction a hundred times");
}

function isWritable(file: string): boolean {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec("begin immediate; rollback");
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "SQLITE_BUSY") return false;
    throw error;
  } finally {
    database.close();
  }
}

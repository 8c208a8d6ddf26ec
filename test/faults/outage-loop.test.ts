import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createRestartablePostgres } from "../support/restartable-postgres.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";

/** Shorter and longer than a lease, which a worker loses after 5 s, and than all retries of a write. */
const outagesMs = [1_000, 4_000, 7_000, 31_000];
const jobsPerRound = 24;
const rows = 100;

test("Postgres that goes away again and again under three workers fails no job", async () => {
  const postgres = await createRestartablePostgres();
  const scene = await openScene(postgres, { maxRunning: 100 });
  await Promise.all([1, 2, 3].map(() => scene.worker({ RUNNERS: "1" })));
  // Lives through all outages, each of which ends its run.
  const long = await scene.start("copy_rows", { rows: 4_000, size: 1, pause: 15, prefix: "long" });
  for (const [round, outageMs] of outagesMs.entries()) {
    const ids: string[] = [];
    for (let n = 0; n < jobsPerRound; n++) {
      const input = { rows, size: 1, pause: 25, prefix: `round-${round}-${n}` };
      ids.push(await scene.start("copy_rows", input));
    }
    for (const id of ids) await scene.until(id, (row) => row.step_done > 0);
    await postgres.stop("fast");
    await sleep(outageMs);
    await postgres.start();
    for (const id of ids) await expectIntact(id, rows);
  }
  await expectIntact(long, 4_000);

  async function expectIntact(id: string, succeeded: number): Promise<void> {
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", succeeded, skipped: 0, rescues: 0, retries: 0 });
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(finalEvents(events)).toHaveLength(1);
  }
});

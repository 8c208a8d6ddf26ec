import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";
import { countLockedEntries } from "./locked-entries.ts";
import { startSilentProxy } from "./silent-proxy.ts";

const postgres = backends.find(({ name }) => name === "postgres")!;

test("a worker whose connections go dead gives up its jobs, and another worker continues them", {
  timeout: 300_000,
}, async () => {
  const scene = await openScene(postgres);
  const proxy = await startSilentProxy(scene.url);
  const disconnected = await scene.worker({ DATABASE_URL: proxy.url, RUNNERS: "1" });
  const ids: string[] = [];
  for (let copy = 0; copy < 2; copy++) {
    const input = { rows: 600, size: 1, pause: 15, prefix: `copy-${copy}` };
    ids.push(await scene.start("copy_rows", input));
  }
  for (const id of ids) await scene.until(id, (row) => row.step_done > 20);
  const other = await scene.worker({ RUNNERS: "1" });

  proxy.silent = true;
  proxy.silence();
  const silentAt = performance.now();
  for (const id of ids) await scene.until(id, (row) => row.fence > 1 && row.status === "running");
  expect(performance.now() - silentAt).toBeLessThan(30_000);
  expect(other.output()).toContain("workers lost");
  // The cut-off worker has to stop its runners by itself.
  await expect.poll(() => disconnected.output(), { timeout: 20_000 }).toContain("runner lost");

  // The old connections stay dead for ever; new ones get through.
  proxy.silent = false;
  for (const id of ids) {
    expect(await scene.ended(id)).toMatchObject({
      ...{ status: "done", succeeded: 600, skipped: 0, fence: 2, retries: 0 },
    });
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(finalEvents(events)).toHaveLength(1);
  }
  // The worker reconnects and works without the other one.
  const workers = () => scene.backend.db.selectFrom("workers").selectAll().execute();
  await expect.poll(workers, { timeout: 30_000 }).toHaveLength(2);
  await other.stop();
  const next = await scene.start("sleep", { ms: 1 });
  expect((await scene.ended(next)).status).toBe("done");
  await expect.poll(() => countLockedEntries(scene.backend)).toBe(0);
});

test("a worker's listener reconnects after it is closed or goes dead, and jobs start meanwhile", {
  timeout: 300_000,
}, async () => {
  const scene = await openScene(postgres);
  const proxy = await startSilentProxy(scene.url);
  await scene.worker({ DATABASE_LISTEN_URL: proxy.url, RUNNERS: "1" });
  const listening = async () => {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where datname = current_database()
        and (query ilike 'listen%' or query like '%pg_listening_channels%')
        and pid <> pg_backend_pid()`.execute(scene.backend.db);
    return rows.map(({ pid }) => pid).sort();
  };
  await expect.poll(async () => (await listening()).length).toBe(1);
  for (const how of ["closed", "dead"] as const) {
    const before = await listening();
    if (how === "closed") {
      await sql`select pg_terminate_backend(${before[0]})`.execute(scene.backend.db);
    } else proxy.silence();
    // Polling finds a job that is started meanwhile.
    const id = await scene.start("sleep", { ms: 1 });
    expect((await scene.ended(id)).status).toBe("done");
    await expect
      .poll(async () => (await listening()).some((pid) => !before.includes(pid)))
      .toBe(true);
    await sleep(500);
  }
});

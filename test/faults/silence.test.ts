import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { openLine } from "./line.ts";
import { lockedEntries } from "./locked-entries.ts";
import { finals, gapless, openScene } from "./scene.ts";

const postgres = backends.find(({ name }) => name === "postgres")!;

test("a worker whose network goes dead without a word gives its jobs up, and others go on", {
  timeout: 120_000,
}, async () => {
  const scene = await openScene(postgres);
  const line = await openLine(scene.url);
  const cutOff = await scene.worker({ DATABASE_URL: line.url, RUNNERS: "1" });
  const ids: string[] = [];
  for (let copy = 0; copy < 2; copy++) {
    const input = { rows: 600, size: 1, pause: 15, prefix: `copy-${copy}` };
    ids.push(await scene.start("copy_rows", input));
  }
  for (const id of ids) await scene.until(id, (row) => row.step_done > 20);
  const other = await scene.worker({ RUNNERS: "1" });

  line.silent = true;
  line.silence();
  const silentAt = performance.now();
  for (const id of ids) await scene.until(id, (row) => row.fence > 1 && row.status === "running");
  expect(performance.now() - silentAt).toBeLessThan(12_000);
  expect(other.output()).toContain("workers lost");
  // By now it must have ended what it ran, by itself: nobody can tell it to.
  await expect.poll(() => cutOff.output(), { timeout: 20_000 }).toContain("runner lost");

  // The old connections stay dead for ever; new ones get through.
  line.silent = false;
  for (const id of ids) {
    expect(await scene.ended(id, 60_000)).toMatchObject({
      ...{ status: "done", succeeded: 600, skipped: 0, fence: 2, retries: 0 },
    });
    const events = await scene.events(id);
    expect(gapless(events)).toBe(true);
    expect(finals(events)).toHaveLength(1);
  }
  // It finds its way back, and works alone.
  const workers = () => scene.backend.db.selectFrom("workers").selectAll().execute();
  await expect.poll(workers, { timeout: 30_000 }).toHaveLength(2);
  await other.stop();
  const next = await scene.start("sleep", { ms: 1 });
  expect((await scene.ended(next, 40_000)).status).toBe("done");
  await expect.poll(() => lockedEntries(scene.backend)).toBe(0);
});

test("the listeners of a worker are cut off, loudly and silently: they come back within ten seconds", {
  timeout: 90_000,
}, async () => {
  const scene = await openScene(postgres);
  const line = await openLine(scene.url);
  await scene.worker({ DATABASE_LISTEN_URL: line.url, RUNNERS: "1" });
  const listening = async () => {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where datname = current_database()
        and (query ilike 'listen%' or query like '%pg_listening_channels%')
        and pid <> pg_backend_pid()`.execute(scene.backend.db);
    return rows.map(({ pid }) => pid).sort();
  };
  await expect.poll(async () => (await listening()).length).toBe(1);
  for (const how of ["loudly", "silently"] as const) {
    const before = await listening();
    const cutAt = performance.now();
    if (how === "loudly") {
      await sql`select pg_terminate_backend(${before[0]})`.execute(scene.backend.db);
    } else line.silence();
    // A job that comes meanwhile is found by the poll.
    const id = await scene.start("sleep", { ms: 1 });
    const job = await scene.ended(id);
    expect(job.started_at! - job.created_at).toBeLessThan(3_000);
    await expect
      .poll(async () => (await listening()).some((pid) => !before.includes(pid)))
      .toBe(true);
    expect(performance.now() - cutAt).toBeLessThan(10_000);
    await sleep(500);
  }
});

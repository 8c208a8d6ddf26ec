import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { startPgBouncer } from "../support/pgbouncer.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";

const postgres = backends.find(({ name }) => name === "postgres")!;
const jobs = 50;
const rows = 60;
const cuts = 15;

test("no job fails behind PgBouncer while all of its server connections end again and again", async () => {
  const scene = await openScene(postgres, { maxRunning: jobs });
  const pooled = await startPgBouncer(scene.url);
  const environment = { DATABASE_URL: pooled, DATABASE_LISTEN_URL: scene.url };
  const worker = await scene.worker({ ...environment, RUNNERS: "2", CONCURRENCY: "50" });
  const ids: string[] = [];
  for (let n = 0; n < jobs; n++) {
    const input = { rows, size: 1, pause: 100, prefix: `pooled-${n}` };
    ids.push(await scene.start("copy_rows", input));
  }
  await scene.until(ids.at(-1)!, (row) => row.step_done > 0);
  for (let cut = 0; cut < cuts; cut++) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(scene.backend.db);
    await sleep(400);
  }
  for (const id of ids) {
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", succeeded: rows, skipped: 0, rescues: 0 });
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(finalEvents(events)).toHaveLength(1);
    // The text of the pooler is for the log.
    expect(events.map(({ details }) => details).join()).not.toMatch(/server conn|terminat/);
  }
  expect(worker.output()).toMatch(
    /server conn crashed|Connection terminated|terminating connection/,
  );
});

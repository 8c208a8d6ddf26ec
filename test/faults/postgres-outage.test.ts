import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { isFinal } from "../../server/engine/status.ts";
import { withTimeout } from "../../server/with-timeout.ts";
import { descendantsOf, isAlive } from "../support/processes.ts";
import { createRestartablePostgres, type ShutdownMode } from "../support/restartable-postgres.ts";
import { finalEvents, isGapless, openScene, type Scene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";
import { countLockedEntries } from "./locked-entries.ts";

const rows = 250;
/** The longest time from the return of the database to the end of all jobs, ms. */
const limit = 15_000;

interface Outage {
  /** The time after the start of the jobs, ms. */
  at: number;
  how: ShutdownMode;
  /** The length of the outage, ms. */
  lengthMs: number;
}

const cases: { what: string; outages: Outage[] }[] = [
  {
    what: "restarted and crashed",
    outages: [
      { at: 1_500, how: "fast", lengthMs: 0 },
      { at: 4_500, how: "immediate", lengthMs: 0 },
    ],
  },
  { what: "away for ten seconds", outages: [{ at: 1_500, how: "fast", lengthMs: 10_000 }] },
];

test.each(cases)(
  "all jobs finish once and without loss after Postgres was $what",
  { timeout: 150_000 },
  async ({ outages }) => {
    const postgres = await createRestartablePostgres();
    const scene = await openScene(postgres);
    const application = await scene.application({ NODE_ENV: "", RUNNERS: "2" });
    const worker = await scene.worker({ RUNNERS: "2" });
    const client = await createClient(application.url, scene.place);
    const { db } = scene.backend;
    await db.updateTable("accounts").set({ max_running_jobs: 100 }).execute();

    await cancelActive(scene);

    const ids: string[] = [];
    for (let copy = 0; copy < 2; copy++) {
      const input = { rows, size: 1, pause: 15, prefix: `copy-${copy}` };
      ids.push(await client.start("copy_rows", input, `copy-${copy}`));
    }
    // Some jobs finish at about the time of each outage.
    for (const { at } of outages) {
      for (let n = 0; n < 6; n++) {
        const ms = at + n * 80 - 300;
        ids.push(await client.start("sleep", { ms }, `sleep-${at}-${n}`));
      }
    }
    const followed = ids.map((id) => client.follow(id));
    const family = [application, worker].flatMap(({ pid }) => [pid, ...workersOf(pid)]);
    const since = performance.now();
    for (const { at, how, lengthMs } of outages) {
      await sleep(Math.max(0, at - (performance.now() - since)));
      await postgres.stop(how);
      await sleep(lengthMs);
      await postgres.start();
    }

    const back = scene.backend.now();
    await expect.poll(stalled, { timeout: limit, interval: 100 }).toEqual([]);
    for (const id of ids) await scene.ended(id);
    expect(family.filter((pid) => !isAlive(pid))).toEqual([]);
    for (const [at, id] of ids.entries()) {
      const job = await scene.job(id);
      expect(job).toMatchObject({ status: "done", skipped: 0, rejected: 0 });
      if (job.kind === "copy_rows") expect(job.succeeded).toBe(rows);
      const events = await scene.events(id);
      expect(isGapless(events)).toBe(true);
      expect(finalEvents(events)).toHaveLength(1);
      expect(await withTimeout(limit, followed[at]!)).toEqual(events.map(({ seq }) => seq));
    }
    const accounts = await db.selectFrom("accounts").select("running_jobs").execute();
    expect(accounts.every(({ running_jobs }) => running_jobs === 0)).toBe(true);
    await expect.poll(() => countLockedEntries(scene.backend)).toBe(0);
    // Both workers still run new jobs.
    await expect.poll(() => db.selectFrom("workers").select("id").execute()).toHaveLength(2);
    const next = await client.start("sleep", { ms: 1 }, "next");
    expect((await scene.ended(next)).status).toBe("done");

    /** The unfinished jobs that no worker has touched since the database is back. */
    async function stalled() {
      const jobs = await db.selectFrom("jobs").selectAll().where("id", "in", ids).execute();
      return jobs.filter(
        ({ status, claimed_at, last_progress_at }) =>
          !isFinal(status) && Math.max(claimed_at ?? 0, last_progress_at ?? 0) < back,
      );
    }
  },
);

/** Cancels the demo jobs of a new application. */
async function cancelActive({ backend, ended }: Scene): Promise<void> {
  const active = await backend.db
    .selectFrom("jobs")
    .select("id")
    .where("finished_at", "is", null)
    .execute();
  for (const { id } of active) {
    await cancel({ backend, catalog: new Map() }, id, "person-1");
    await ended(id);
  }
}

/** The worker process of an application, without its runners, which may be replaced. */
function workersOf(pid: number): number[] {
  return descendantsOf(pid).slice(0, 1);
}

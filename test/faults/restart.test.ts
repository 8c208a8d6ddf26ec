import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { isFinal } from "../../server/engine/status.ts";
import { withTimeout } from "../../server/with-timeout.ts";
import { descendantsOf, isAlive } from "../support/processes.ts";
import { createClient } from "./api.ts";
import { lockedEntries } from "./locked-entries.ts";
import { type Manner, ownPostgres } from "./own-postgres.ts";
import { finals, gapless, openScene, type Scene } from "./scene.ts";

const rows = 250;
/** From the moment that the database takes connections again. */
const limit = 15_000;

interface Outage {
  /** Ms after the start of the jobs. */
  at: number;
  how: Manner;
  /** ms */
  gone: number;
}

const cases: { what: string; outages: Outage[] }[] = [
  {
    what: "restarted and crashed",
    outages: [
      { at: 1_500, how: "fast", gone: 0 },
      { at: 4_500, how: "immediate", gone: 0 },
    ],
  },
  { what: "gone for ten seconds", outages: [{ at: 1_500, how: "fast", gone: 10_000 }] },
];

test.each(cases)(
  "a Postgres that is $what while jobs end: all end soon after, once, and nothing is lost",
  { timeout: 150_000 },
  async ({ outages }) => {
    const postgres = await ownPostgres();
    const scene = await openScene(postgres);
    const application = await scene.application({ NODE_ENV: "", RUNNERS: "2" });
    const worker = await scene.worker({ RUNNERS: "2" });
    const client = await createClient(application.url, scene.place);
    const { db } = scene.backend;
    await db.updateTable("accounts").set({ max_running_jobs: 100 }).execute();

    await endAll(scene);

    const ids: string[] = [];
    for (let copy = 0; copy < 2; copy++) {
      const input = { rows, size: 1, pause: 15, prefix: `copy-${copy}` };
      ids.push(await client.start("copy_rows", input, `copy-${copy}`));
    }
    // At each outage some end just then.
    for (const { at } of outages) {
      for (let nap = 0; nap < 6; nap++) {
        const ms = at + nap * 80 - 300;
        ids.push(await client.start("sleep", { ms }, `nap-${at}-${nap}`));
      }
    }
    const followed = ids.map((id) => client.follow(id));
    const family = [application, worker].flatMap(({ pid }) => [pid, ...workersOf(pid)]);
    const since = performance.now();
    for (const { at, how, gone } of outages) {
      await sleep(Math.max(0, at - (performance.now() - since)));
      await postgres.stop(how);
      await sleep(gone);
      await postgres.start();
    }

    const back = scene.backend.now();
    await expect.poll(waiting, { timeout: limit, interval: 100 }).toEqual([]);
    for (const id of ids) await scene.ended(id, 60_000);
    expect(family.filter((pid) => !isAlive(pid))).toEqual([]);
    for (const [at, id] of ids.entries()) {
      const job = await scene.job(id);
      expect(job).toMatchObject({ status: "done", skipped: 0, rejected: 0 });
      if (job.kind === "copy_rows") expect(job.succeeded).toBe(rows);
      const events = await scene.events(id);
      expect(gapless(events)).toBe(true);
      expect(finals(events)).toHaveLength(1);
      expect(await withTimeout(limit, followed[at]!)).toEqual(events.map(({ seq }) => seq));
    }
    const accounts = await db.selectFrom("accounts").select("running_jobs").execute();
    expect(accounts.every(({ running_jobs }) => running_jobs === 0)).toBe(true);
    await expect.poll(() => lockedEntries(scene.backend)).toBe(0);
    // Both still take what comes.
    await expect.poll(() => db.selectFrom("workers").select("id").execute()).toHaveLength(2);
    const next = await client.start("sleep", { ms: 1 }, "next");
    expect((await scene.ended(next)).status).toBe("done");

    /** Those that have not ended, and that nobody goes on with. */
    async function waiting() {
      const jobs = await db.selectFrom("jobs").selectAll().where("id", "in", ids).execute();
      return jobs.filter(
        ({ status, claimed_at, last_progress_at }) =>
          !isFinal(status) && Math.max(claimed_at ?? 0, last_progress_at ?? 0) < back,
      );
    }
  },
);

/** The jobs that a new application begins with. */
async function endAll({ backend, ended }: Scene): Promise<void> {
  const active = await backend.db
    .selectFrom("jobs")
    .select("id")
    .where("finished_at", "is", null)
    .execute();
  for (const { id } of active) {
    await cancel(backend, id, "person-1");
    await ended(id);
  }
}

/** The worker that an application keeps; its runners may come and go. */
function workersOf(pid: number): number[] {
  return descendantsOf(pid).slice(0, 1);
}

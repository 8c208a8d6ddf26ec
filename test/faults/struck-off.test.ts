import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { backends } from "../support/backends.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";

const strikes = 12;
const jobs = 24;
const rows = 40;

describe.each(backends)("workers that are struck off the list on $name", (which) => {
  test("struck-off workers claim under a new id alone, and every job ends done", async () => {
    const scene = await openScene(which, { maxRunning: jobs });
    await Promise.all([scene.worker({ RUNNERS: "1" }), scene.worker({ RUNNERS: "1" })]);
    const claims = await recordClaims(scene.backend);
    const ids: string[] = [];
    for (let n = 0; n < jobs; n++) {
      const input = { rows, size: 1, pause: 30, prefix: `strike-${n}` };
      ids.push(await scene.start("copy_rows", input));
    }
    for (const id of ids.slice(0, 4)) await scene.until(id, (row) => row.status === "running");
    for (let strike = 0; strike < strikes; strike++) {
      await claims.strikeAll();
      // A struck-off worker that waited for its next heartbeat would claim meanwhile.
      await sleep(200);
    }
    for (const id of ids) {
      const job = await scene.ended(id);
      expect(job).toMatchObject({ status: "done", succeeded: rows, skipped: 0, rescues: 0 });
      const events = await scene.events(id);
      expect(isGapless(events)).toBe(true);
      expect(finalEvents(events)).toHaveLength(1);
    }
    expect(await claims.count()).toBeGreaterThan(jobs);
    expect(await claims.underGoneNames()).toEqual([]);
  });
});

/** Lets the database itself record the claims, and whether their worker had been struck off before. */
async function recordClaims({ name, db, write }: Backend) {
  await sql`create table struck (worker_id text not null, at double precision not null)`.execute(
    db,
  );
  await sql`create table claims (worker_id text not null, gone integer not null)`.execute(db);
  const record = (now: string) =>
    sql`insert into claims select new.worker_id,
      (select count(*) from struck where struck.worker_id = new.worker_id and at < ${sql.raw(now)})`;
  if (name === "sqlite") {
    // A file has one writer, so that a claim follows all strikes that it can see.
    await sql`create trigger record_claim after update of worker_id on jobs
      when new.worker_id is not null begin ${record("9e999")}; end`.execute(db);
  } else {
    // A claim may have begun before the strike that it can see at its end.
    await sql`create function record_claim() returns trigger language plpgsql as $$ begin
      ${record("extract(epoch from statement_timestamp())")}; return null; end $$`.execute(db);
    await sql`create trigger record_claim after update of worker_id on jobs for each row
      when (new.worker_id is not null) execute function record_claim()`.execute(db);
  }
  return {
    async strikeAll() {
      // Waits for its turn among the other writers of a file.
      const struck = await write((tx) => tx.db.deleteFrom("workers").returning("id").execute());
      const now = name === "sqlite" ? sql`0` : sql`extract(epoch from clock_timestamp())`;
      await write(async (tx) => {
        for (const { id } of struck) {
          await sql`insert into struck values (${id}, ${now})`.execute(tx.db);
        }
      });
    },
    async count(): Promise<number> {
      const all = sql<{ count: unknown }>`select count(*) as count from claims`;
      return Number((await all.execute(db)).rows[0]!.count);
    },
    async underGoneNames(): Promise<string[]> {
      const gone = sql<{ worker_id: string }>`select worker_id from claims where gone > 0`;
      return (await gone.execute(db)).rows.map(({ worker_id }) => worker_id);
    },
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { bytes, filesIn } from "../storage/temporary.ts";
import { backends } from "../support/backends.ts";
import { jobRow } from "../support/job-row.ts";
import { killFamily } from "../support/processes.ts";
import { openScene, type Scene } from "../support/scene/processes.ts";
import { countLockedEntries } from "./locked-entries.ts";

const day = 86_400_000;
const count = 2_500;

describe.each(backends)("maintenance on $name", (which) => {
  test("a worker that is killed while it deletes old jobs leaves none half deleted, and the next one continues", async () => {
    const scene = await openScene(which);
    const { backend } = scene;
    const ids = await insertOldJobs(scene);
    await makeDue(backend, "maintenance_jobs");
    const first = await scene.worker({ LOG_LEVEL: "debug" });
    const countRemaining = async () => {
      const { n } = await backend.db
        .selectFrom("jobs")
        .select(({ fn }) => fn.countAll<number>().as("n"))
        .executeTakeFirstOrThrow();
      return Number(n);
    };
    await until(async () => (await countRemaining()) < count - 100);
    await killFamily(first);
    const atKill = await countRemaining();
    expect(atKill).toBeGreaterThan(0);
    await expectConsistent(scene, ids);

    await scene.worker();
    await until(async () => (await countRemaining()) === 0);
    await expectConsistent(scene, ids);
    expect(await filesOfJobs(scene)).toEqual([]);
    const known = await backend.db.selectFrom("expired_jobs").select("id").execute();
    expect(known).toHaveLength(count);
  }, 90_000);

  test("maintenance repairs a wrong counter of running jobs", async () => {
    const scene = await openScene(which);
    const { db } = scene.backend;
    await db.updateTable("accounts").set({ running_jobs: 4 }).execute();
    await makeDue(scene.backend, "maintenance_counters");
    await scene.worker();
    await until(async () => {
      const account = await db
        .selectFrom("accounts")
        .select("running_jobs")
        .executeTakeFirstOrThrow();
      return account.running_jobs === 0;
    });
  });
});

test("maintenance unlocks queue entries of an unknown worker", async () => {
  const scene = await openScene(backends.find(({ name }) => name === "postgres")!);
  const id = await scene.start("sleep", { ms: 1 });
  const locked = await sql`update graphile_worker._private_jobs
    set locked_by = 'lost-before-its-first-beat', locked_at = now() - interval '2 minutes'`.execute(
    scene.backend.db,
  );
  expect(locked.numAffectedRows).toBe(1n);
  await scene.worker();
  await until(async () => (await countLockedEntries(scene.backend)) === 0);
  expect(await scene.ended(id)).toMatchObject({ status: "done" });
});

/** Makes a scheduled task due: on Postgres the crontab remembers when it ran last. */
async function makeDue({ name, db }: Backend, identifier: string): Promise<void> {
  if (name !== "postgres") return;
  await sql`insert into graphile_worker._private_known_crontabs
    (identifier, known_since, last_execution)
    values (${identifier}, now() - interval '1 day', now() - interval '3 hours')`.execute(db);
}

/** Inserts old finished jobs; every tenth has a file. */
async function insertOldJobs({ backend, place }: Scene): Promise<string[]> {
  const { db, now } = backend;
  const storage = createDiskStorage(place.storageDir);
  const ids = Array.from({ length: count }, (_, n) => uuidv7({ msecs: now() - 100 * day + n }));
  for (let from = 0; from < count; from += 250) {
    const batch = ids.slice(from, from + 250);
    const ended = { status: "done", finished_at: now() - 95 * day } as const;
    await db
      .insertInto("jobs")
      .values(batch.map((id) => jobRow({ id, ...ended })))
      .execute();
    const events = batch.map((job_id) => ({ job_id, seq: 1, type: "created" as const }));
    await db
      .insertInto("job_events")
      .values(events.map((event) => ({ ...event, created_at: 1 })))
      .execute();
  }
  const withFile = ids.filter((_, n) => n % 10 === 0);
  for (const id of withFile) await storage.save(`jobs/${id}/files/a`, bytes("x"));
  const file = { role: "result", name: "a.csv", media_type: "text/csv", size: 1 } as const;
  const times = { created_at: 1, expires_at: now() + day };
  await db
    .insertInto("files")
    .values(
      withFile.map((job_id) => {
        return { ...file, ...times, id: uuidv7(), job_id, storage_key: `jobs/${job_id}/files/a` };
      }),
    )
    .execute();
  return ids;
}

/** Each job either exists or is listed as expired, and an expired one has no files. */
async function expectConsistent(scene: Scene, ids: string[]): Promise<void> {
  const { db } = scene.backend;
  const there = new Set((await db.selectFrom("jobs").select("id").execute()).map(({ id }) => id));
  const known = await db.selectFrom("expired_jobs").select("id").execute();
  const expired = new Set(known.map(({ id }) => id));
  expect(ids.filter((id) => there.has(id) === expired.has(id))).toEqual([]);
  const files = await filesOfJobs(scene);
  expect(files.filter((path) => expired.has(path.split("/")[1]!))).toEqual([]);
}

async function filesOfJobs({ place }: Scene): Promise<string[]> {
  return (await filesIn(place.storageDir)).filter((path) => path.startsWith("jobs/"));
}

async function until(holds: () => Promise<boolean>, ms = 45_000): Promise<void> {
  for (const late = Date.now() + ms; !(await holds()); await sleep(5)) {
    if (Date.now() > late) throw new Error(`Not within ${ms} ms`);
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createSchedule } from "../../server/engine/schedules/create-schedule.ts";
import { backends } from "../support/backends.ts";
import { killFamily } from "../support/processes.ts";
import { createRestartablePostgres } from "../support/restartable-postgres.ts";
import { openScene, type Scene } from "../support/scene/processes.ts";

/** Creates schedules whose time is far away. */
async function createSchedules({ backend, catalog }: Scene, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { id } = await createSchedule(backend, catalog, {
      ...{ kind: "sleep", input: { ms: 10 }, accountId: "account-1", userId: "person-1" },
      ...{ repeats: "monthly", timeZone: "UTC", maxSchedules: 100 },
      uploadsOf: { accountId: "account-1" },
    });
    ids.push(id);
  }
  return ids;
}

async function setTime({ backend }: Scene, id: string, at: number): Promise<void> {
  await backend.db.updateTable("schedules").set({ next_at: at }).where("id", "=", id).execute();
}

/** Makes a schedule due each tenth of a second. @returns the times */
async function makeDueOneByOne(scene: Scene, ids: string[]): Promise<number[]> {
  const times: number[] = [];
  for (const id of ids) {
    await sleep(100);
    const at = scene.backend.now();
    await setTime(scene, id, at);
    times.push(at);
  }
  return times;
}

/** @returns the planned times of all jobs of schedules once each schedule has an ended one */
async function endedRuns({ backend }: Scene, ids: string[]): Promise<(number | null)[]> {
  const read = () =>
    backend.db
      .selectFrom("jobs")
      .select(["status", "schedule_id", "planned_at"])
      .where("schedule_id", "in", ids)
      .orderBy("schedule_id")
      .execute();
  await expect
    .poll(async () => new Set((await read()).flatMap(doneSchedule)).size, { timeout: 120_000 })
    .toBe(ids.length);
  return (await read()).map(({ planned_at }) => planned_at);
}

function doneSchedule({ status, schedule_id }: { status: string; schedule_id: string | null }) {
  return status === "done" ? [schedule_id] : [];
}

describe.each(backends)("schedules on $name", (which) => {
  test("each time has one run though workers are killed at that very second", {
    timeout: 200_000,
  }, async () => {
    const scene = await openScene(which, { maxRunning: 100 });
    let [victim] = await Promise.all([scene.worker(), scene.worker()]);
    const ids = await createSchedules(scene, 40);
    const made = makeDueOneByOne(scene, ids);
    for (let kill = 0; kill < 2; kill++) {
      await sleep(1_000);
      killFamily(victim);
      victim = await scene.worker();
    }
    expect(await endedRuns(scene, ids)).toEqual(await made);
  });
});

test("a time that comes while Postgres is away has one run once it is back", {
  timeout: 200_000,
}, async () => {
  const postgres = await createRestartablePostgres();
  const scene = await openScene(postgres, { maxRunning: 100 });
  await Promise.all([scene.worker(), scene.worker(), scene.worker()]);
  const from = scene.backend.now() + 2_500;
  const times = Array.from({ length: 20 }, (_, index) => from + index * 100);
  const ids = await createSchedules(scene, times.length);
  for (const [index, id] of ids.entries()) await setTime(scene, id, times[index]!);
  await sleep(Math.max(0, from + 500 - scene.backend.now()));
  await postgres.stop("fast");
  await sleep(2_500);
  await postgres.start();
  expect(await endedRuns(scene, ids)).toEqual(times);
});

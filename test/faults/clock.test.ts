import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { pause, resume } from "../../server/engine/pause.ts";
import { start } from "../../server/engine/start/start.ts";
import { startWeb } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { descendantsOf, killFamily, type Launched, signalTo } from "../support/processes.ts";
import { finalEvents, isGapless, openScene, type Scene } from "../support/scene/processes.ts";

const postgres = backends.filter(({ name }) => name === "postgres");
const hour = 3_600_000;
const preload = pathToFileURL(join(import.meta.dirname, "move-clock.mjs"));

describe.each(postgres)("a worker's clock on $name", (which) => {
  test.each([
    { what: "an hour ahead", by: hour },
    { what: "an hour behind", by: -hour },
  ])(
    "a worker whose clock is set $what keeps its jobs, runs them on time and takes over only lost jobs",
    {
      timeout: 300_000,
    },
    async ({ by }) => {
      const scene = await openScene(which, { maxRunning: 20 });
      const file = join(scene.place.storageDir, "clock");
      writeFileSync(file, "0");
      const shifted = await scene.worker({
        NODE_OPTIONS: `--import=${preload}`,
        CLOCK_FILE: file,
        RUNNERS: "1",
      });
      const copy = await scene.start("copy_rows", { rows: 250, size: 1, pause: 15 });
      await scene.until(copy, (row) => row.step_done > 5);

      writeFileSync(file, String(by));
      for (const pid of [shifted.pid, ...descendantsOf(shifted.pid)]) signalTo(pid, "SIGUSR2");
      await expectPunctual(scene, 6);
      const healthy = await scene.worker({ RUNNERS: "1" });
      await expectPunctual(scene, 6);
      // Longer than a lease, so that each worker could declare the other lost.
      await sleep(6_000);
      for (const worker of [shifted, healthy]) expect(worker.output()).not.toContain("lost");
      await expectIntact(scene, copy);

      await expectTakeover(scene, healthy, shifted);
      await expectTakeover(scene, shifted, await scene.worker({ RUNNERS: "1" }));
    },
  );
});

const sqlite = backends.filter(({ name }) => name === "sqlite");

/** Starts processes of a machine whose clock can be set. */
function createClock({ place }: Scene) {
  const file = join(place.storageDir, "clock");
  const set = (by: number, ...running: Launched[]) => {
    writeFileSync(file, String(by));
    for (const { pid } of running) {
      for (const each of [pid, ...descendantsOf(pid)]) signalTo(each, "SIGUSR2");
    }
  };
  set(0);
  const preloaded = { NODE_OPTIONS: `--import=${preload}`, CLOCK_FILE: file };
  return { environment: { ...preloaded, RUNNERS: "1" }, set };
}

describe.each(sqlite)("the clock of the machine on $name", (which) => {
  test("a clock that jumps three hours ahead and back ends no running job and uses up none of its time", async () => {
    const scene = await openScene(which);
    const clock = createClock(scene);
    const worker = await scene.worker(clock.environment);
    const copy = await scene.start("copy_rows", { rows: 1_500, size: 1, pause: 15 });
    const started = await scene.until(copy, (row) => row.step_done > 20);
    expect(started.timeout_ms).toBe(hour);

    clock.set(3 * hour, worker);
    // The claim moves with the clock, so that the running time stays right.
    const ahead = await scene.until(copy, (row) => row.claimed_at! > Date.now() + 2 * hour);
    await scene.until(copy, (row) => row.step_done > ahead.step_done + 100);
    clock.set(0, worker);
    const back = await scene.until(copy, (row) => row.claimed_at! < Date.now());
    await scene.until(copy, (row) => row.step_done > back.step_done + 100);

    await worker.stop();
    const released = await scene.job(copy);
    expect(released).toMatchObject({ status: "queued", reason: "interrupted" });
    expect(released.running_ms).toBeGreaterThan(1_000);
    expect(released.running_ms).toBeLessThan(hour / 4);
    await scene.worker({ RUNNERS: "1" });
    const job = await scene.ended(copy);
    expect(job).toMatchObject({ status: "done", succeeded: 1_500, skipped: 0 });
    expect(job.running_ms).toBeLessThan(hour / 2);
  });

  test("a job whose worker is killed around jumps of the clock uses up only the time that it ran", async () => {
    const scene = await openScene(which);
    const clock = createClock(scene);
    const first = await scene.worker(clock.environment);
    const copy = await scene.start("copy_rows", { rows: 500, size: 1, pause: 15 });
    await scene.until(copy, (row) => row.step_done > 50);

    clock.set(3 * hour, first);
    await scene.until(copy, (row) => row.last_progress_at! > Date.now() + 2 * hour);
    // Right behind the jump, before or after the next heartbeat.
    await killFamily(first);
    const second = await scene.worker(clock.environment);
    await scene.until(copy, ({ fence, step_done }) => fence === 2 && step_done > 150);
    clock.set(0, second);
    await scene.until(copy, (row) => row.claimed_at! < Date.now());
    await killFamily(second);

    // The machine sleeps, and its web process is the first to start.
    clock.set(3 * hour);
    const web = await startWeb(scene.place, clock.environment);
    onTestFinished(() => web.stop());
    await pause(scene, copy, "person-1");
    const paused = await scene.until(copy, ({ status }) => status === "paused");
    expect(paused.running_ms).toBeGreaterThan(1_000);
    expect(paused.running_ms).toBeLessThan(hour / 4);
    await resume(scene, copy, "person-1");
    await scene.worker(clock.environment);
    const job = await scene.ended(copy);
    expect(job).toMatchObject({ status: "done", succeeded: 500, skipped: 0, fence: 3 });
    expect(job.running_ms).toBeLessThan(hour / 4);
  });
});

/** Expects jobs to start and retry at their time by the clock of the server. */
async function expectPunctual(scene: Scene, jobs: number): Promise<void> {
  const { backend, catalog } = scene;
  const request = { accountId: "account-1", userId: "person-1" };
  const ids = [];
  for (let n = 0; n < jobs; n++) {
    const runAt = backend.now() + 1_500;
    const started = await start(backend, catalog, {
      ...{ ...request, kind: "flaky", input: { failures: 2 }, runAt },
    });
    ids.push(started.job.id);
  }
  for (const id of ids) {
    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", retries: 2, rescues: 0 });
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    const times = events.map(({ created_at }) => created_at);
    expect(inOrder(times)).toBe(true);
    const created = events[0]!.created_at;
    expectSoonAfter(events.find(({ type }) => type === "started")!.created_at, created + 1_500);
    for (const [at, { type, details, created_at }] of events.entries()) {
      if (type !== "retry_scheduled") continue;
      const next = events.slice(at).find((event) => event.type === "continued")!;
      expectSoonAfter(next.created_at, created_at + JSON.parse(details!).wait_ms);
    }
  }
}

/** A process on a busy machine reads the server's clock late; a wrong clock would be an hour off. */
function expectSoonAfter(moment: number, due: number): void {
  expect(moment).toBeGreaterThan(due - 10_000);
  expect(moment).toBeLessThan(due + 60_000);
}

function inOrder(moments: number[]): boolean {
  return moments.every((moment, at) => at === 0 || moment >= moments[at - 1]! - 10_000);
}

/** Kills one worker and expects the other one to take its jobs over. */
async function expectTakeover(scene: Scene, killed: Launched, survivor: Launched): Promise<void> {
  // Enough jobs for both workers to run some.
  const ids = [];
  for (let n = 0; n < 4; n++) {
    const input = { rows: 80, size: 1, pause: 15, prefix: `${killed.pid}-${n}` };
    ids.push(await scene.start("copy_rows", input));
  }
  for (const id of ids) await scene.until(id, (row) => row.step_done > 3);
  const { id: lost } = await scene.backend.db
    .selectFrom("workers")
    .select("id")
    .where("pid", "=", killed.pid)
    .executeTakeFirstOrThrow();
  const running = await scene.backend.db
    .selectFrom("jobs")
    .select("id")
    .where("worker_id", "=", lost)
    .where("status", "=", "running")
    .execute();
  await killFamily(killed);
  const at = performance.now();
  for (const { id } of running) await scene.until(id, ({ fence }) => fence > 1);
  if (running.length > 0) expect(performance.now() - at).toBeLessThan(30_000);
  await expect.poll(() => survivor.output()).toContain("workers lost");
  for (const id of ids) {
    expect(await scene.ended(id)).toMatchObject({ status: "done", skipped: 0 });
    expect(finalEvents(await scene.events(id))).toHaveLength(1);
  }
}

async function expectIntact(scene: Scene, id: string): Promise<void> {
  const job = await scene.ended(id);
  expect(job).toMatchObject({ status: "done", succeeded: 250, skipped: 0, fence: 1 });
  const events = await scene.events(id);
  expect(isGapless(events)).toBe(true);
  expect(inOrder(events.map(({ created_at }) => created_at))).toBe(true);
}

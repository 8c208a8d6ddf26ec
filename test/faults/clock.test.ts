import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { start } from "../../server/engine/start/start.ts";
import { backends } from "../support/backends.ts";
import { descendantsOf, killFamily, type Launched, signalTo } from "../support/processes.ts";
import { finals, gapless, openScene, type Scene } from "./scene.ts";

const postgres = backends.filter(({ name }) => name === "postgres");
const hour = 3_600_000;
const preload = pathToFileURL(join(import.meta.dirname, "move-clock.mjs"));

describe.each(postgres)("the clock of one worker on $name", (which) => {
  test.each([
    { what: "an hour ahead", by: hour },
    { what: "an hour behind", by: -hour },
  ])(
    "is moved $what: nobody is taken for dead but the dead, and all comes in its time",
    {
      timeout: 120_000,
    },
    async ({ by }) => {
      const scene = await openScene(which, { maxRunning: 20 });
      const file = join(scene.place.storageDir, "clock");
      writeFileSync(file, "0");
      const odd = await scene.worker({
        NODE_OPTIONS: `--import=${preload}`,
        CLOCK_FILE: file,
        RUNNERS: "1",
      });
      const copy = await scene.start("copy_rows", { rows: 250, size: 1, pause: 15 });
      await scene.until(copy, (row) => row.step_done > 5);

      writeFileSync(file, String(by));
      for (const pid of [odd.pid, ...descendantsOf(odd.pid)]) signalTo(pid, "SIGUSR2");
      await expectPunctual(scene, 6);
      const healthy = await scene.worker({ RUNNERS: "1" });
      await expectPunctual(scene, 6);
      // Each has had the time to judge the other.
      await sleep(6_000);
      for (const worker of [odd, healthy]) expect(worker.output()).not.toContain("lost");
      await expectWhole(scene, copy);

      await expectFound(scene, healthy, odd);
      await expectFound(scene, odd, await scene.worker({ RUNNERS: "1" }));
    },
  );
});

/** Starts and retries come at most one poll after their time, and none before. */
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
    expect(gapless(events)).toBe(true);
    const moments = events.map(({ created_at }) => created_at);
    expect(inOrder(moments)).toBe(true);
    const created = events[0]!.created_at;
    expectSoonAfter(events.find(({ type }) => type === "started")!.created_at, created + 1_500);
    for (const [at, { type, details, created_at }] of events.entries()) {
      if (type !== "retry_scheduled") continue;
      const next = events.slice(at).find((event) => event.type === "continued")!;
      expectSoonAfter(next.created_at, created_at + JSON.parse(details!).wait_ms);
    }
  }
}

/** Clocks of processes are set by the server's, as well as a busy machine lets them ask. */
function expectSoonAfter(moment: number, due: number): void {
  expect(moment).toBeGreaterThan(due - 250);
  expect(moment).toBeLessThan(due + 3_500);
}

function inOrder(moments: number[]): boolean {
  return moments.every((moment, at) => at === 0 || moment >= moments[at - 1]! - 250);
}

/** Kills one, and the other finds that and goes on with its job. */
async function expectFound(scene: Scene, killed: Launched, finder: Launched): Promise<void> {
  // So many that each has some.
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
  const held = await scene.backend.db
    .selectFrom("jobs")
    .select("id")
    .where("worker_id", "=", lost)
    .where("status", "=", "running")
    .execute();
  await killFamily(killed);
  const at = performance.now();
  for (const { id } of held) await scene.until(id, ({ fence }) => fence > 1, 15_000);
  if (held.length > 0) expect(performance.now() - at).toBeLessThan(9_000);
  await expect.poll(() => finder.output()).toContain("workers lost");
  for (const id of ids) {
    expect(await scene.ended(id)).toMatchObject({ status: "done", skipped: 0 });
    expect(finals(await scene.events(id))).toHaveLength(1);
  }
}

async function expectWhole(scene: Scene, id: string): Promise<void> {
  const job = await scene.ended(id, 40_000);
  expect(job).toMatchObject({ status: "done", succeeded: 250, skipped: 0, fence: 1 });
  const events = await scene.events(id);
  expect(gapless(events)).toBe(true);
  expect(inOrder(events.map(({ created_at }) => created_at))).toBe(true);
}

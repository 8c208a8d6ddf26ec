import { describe, expect, test } from "vitest";
import { cancel } from "../../server/engine/cancel.ts";
import { addAccount, backends } from "../support/backends.ts";
import { isGapless, openScene, type Scene } from "../support/scene/processes.ts";

const slots = 20;
/** A fifth of them. */
const reserved = 4;

/** Four accounts start jobs of an hour for all slots, as four free sign-ups can. Waits until `expected` run. */
async function fillSlots(
  scene: Scene,
  kind = "countdown",
  input: object = { from: 3_600 },
  expected = slots,
): Promise<string[]> {
  const ids: string[] = [];
  for (let account = 2; account <= 5; account++) {
    await addAccount(scene.backend, `account-${account}`);
    for (let n = 0; n < slots / 4; n++) {
      ids.push(await scene.start(kind, input, `account-${account}`));
    }
  }
  const begun = async () => {
    const rows = await Promise.all(ids.map((id) => scene.job(id)));
    return rows.filter(({ current_step }) => current_step !== null).length;
  };
  await expect.poll(begun, { timeout: 120_000 }).toBe(expected);
  return ids;
}

describe.each(backends)("slots that four accounts hold on $name", (which) => {
  test("a fifth account gets a slot, and the job that gave it back goes on by itself", async () => {
    const scene = await openScene(which);
    const worker = await scene.worker({ CONCURRENCY: String(slots) });
    const ids = await fillSlots(scene);
    const newcomer = await scene.start("countdown", { from: 5 });
    const done = await scene.ended(newcomer);
    expect(done).toMatchObject({ status: "done", fence: 1 });

    const rows = await Promise.all(ids.map((id) => scene.job(id)));
    const gaveBack = rows.filter(({ reason }) => reason === "made_room");
    expect(gaveBack).toHaveLength(1);
    const { id, succeeded } = gaveBack[0]!;
    expect(succeeded).toBeGreaterThan(0);
    const again = await scene.until(id, (row) => row.succeeded > succeeded);
    expect(again).toMatchObject({ status: "running", fence: 2, retries: 0, rescues: 0 });
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(events.filter(({ type }) => type === "made_room")).toHaveLength(1);
    // Each second was counted once.
    expect(again.succeeded).toBe(again.step_done);
    expect(worker.output()).not.toContain("runner lost");
  });

  test("jobs that cannot make room leave a fifth of the slots to accounts that have nothing running", async () => {
    const scene = await openScene(which);
    await scene.worker({ CONCURRENCY: String(slots) });
    const ids = await fillSlots(scene, "sleep", { ms: 3_600_000 }, slots - reserved);
    const newcomer = await scene.start("sleep", { ms: 1 });
    expect(await scene.ended(newcomer)).toMatchObject({ status: "done", fence: 1 });
    // A job that can make room gets a reserved slot, once its kind is known to.
    await scene.start("countdown", { from: 3_600 });
    const second = await scene.start("countdown", { from: 3_600 });
    await scene.until(second, ({ succeeded }) => succeeded > 0);
    const rows = await Promise.all(ids.map((id) => scene.job(id)));
    expect(rows.filter(({ status }) => status === "running")).toHaveLength(slots - reserved);
    expect(rows.filter(({ status }) => status === "queued")).toHaveLength(reserved);
  });

  test("a newcomer that is cancelled while it waits takes no slot", async () => {
    const scene = await openScene(which);
    await scene.worker({ CONCURRENCY: "1" });
    const holder = await scene.start("countdown", { from: 3_600 });
    await scene.until(holder, ({ succeeded }) => succeeded > 0);
    await addAccount(scene.backend, "account-2");
    const newcomer = await scene.start("countdown", { from: 5 }, "account-2");
    await cancel(scene, newcomer, "person-1");
    const later = await scene.until(holder, ({ succeeded }) => succeeded >= 13);
    expect(later).toMatchObject({ status: "running", fence: 1, room_requested_at: null });
  });

  test("a sleeping job holds no slot and continues at the end of its sleep", async () => {
    const scene = await openScene(which);
    await scene.worker({ CONCURRENCY: "1" });
    const sleeper = await scene.start("napping", { naps: 2, ms: 10_000 });
    await scene.until(sleeper, ({ reason }) => reason === "sleeping");
    const other = await scene.start("countdown", { from: 2 });
    expect(await scene.ended(other)).toMatchObject({ status: "done" });
    expect(await scene.ended(sleeper)).toMatchObject({ status: "done", succeeded: 2, fence: 3 });
    const types = (await scene.events(sleeper)).map(({ type }) => type);
    expect(types.filter((type) => type === "sleeping")).toHaveLength(2);
  });

  test("a job whose worker is killed in its sleep continues at another worker", async () => {
    const scene = await openScene(which);
    const first = await scene.worker({ CONCURRENCY: "1" });
    const sleeper = await scene.start("napping", { naps: 1, ms: 12_000 });
    const asleep = await scene.until(sleeper, ({ reason }) => reason === "sleeping");
    process.kill(first.pid, "SIGKILL");
    await scene.worker({ CONCURRENCY: "1" });
    const done = await scene.ended(sleeper);
    expect(done).toMatchObject({ status: "done", rescues: 0, fence: 2 });
    expect(done.finished_at!).toBeGreaterThanOrEqual(asleep.run_at);
  });
});

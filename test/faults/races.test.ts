import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { JobRow } from "../../server/backend/schema.ts";
import { cancel } from "../../server/engine/cancel.ts";
import { finishCancelled, finishDone, release } from "../../server/engine/finish.ts";
import { start } from "../../server/engine/start/start.ts";
import { addWorker, backends } from "../support/backends.ts";
import { finalEvents, isGapless, openScene, type Scene } from "../support/scene/processes.ts";
import { startSecondProcess } from "./second-process.ts";

const rounds = 1_000;
const atATime = 20;

describe.each(backends)("races on $name", (which) => {
  test("fifty parallel starts with one idempotency key from two processes create one job", async () => {
    const scene = await openScene(which);
    const second = await startSecondProcess(scene.url);
    const request = {
      ...{ kind: "sleep", input: { ms: 1 }, accountId: "account-1", userId: "person-1" },
      idempotencyKey: "one-key",
    };
    const [theirs, ours] = await Promise.all([
      second.start(request, 25),
      Promise.all(Array.from({ length: 25 }, () => start(scene.backend, scene.catalog, request))),
    ]);
    const ids = new Set([...theirs, ...ours.map(({ job }) => job.id)]);
    expect(theirs).toHaveLength(25);
    expect(ids.size).toBe(1);
    expect(ours.every(({ sameInput }) => sameInput)).toBe(true);
    const jobs = await scene.backend.db.selectFrom("jobs").select("id").execute();
    expect(jobs).toEqual([{ id: [...ids][0] }]);
    expect(await scene.events(jobs[0]!.id)).toHaveLength(1);
  });

  test("a thousand jobs that finish while they are cancelled each end once", {
    timeout: 300_000,
  }, async () => {
    const scene = await openScene(which, { maxRunning: rounds });
    const second = await startSecondProcess(scene.url);
    await addWorker(scene.backend, "worker");
    const seen = { done: 0, cancelled: 0 };
    for (let from = 0; from < rounds; from += atATime) {
      const numbers = Array.from({ length: atATime }, (_, n) => from + n);
      await Promise.all(numbers.map(() => scene.start("sleep", { ms: 1 })));
      // The claims run at once, and each must get a job.
      const rows = await Promise.all(numbers.map(() => scene.backend.queue.claim("worker")));
      expect(new Set(rows.map((row) => row?.id)).size).toBe(atATime);
      const races = numbers.map((round, n) => race(scene, second.cancel, rows[n]!, round));
      for (const status of await Promise.all(races)) seen[status]++;
    }
    // Both outcomes must occur, or there was no race.
    expect(seen.done + seen.cancelled).toBe(rounds);
    expect(Math.min(seen.done, seen.cancelled)).toBeGreaterThan(rounds / 20);
    const account = await scene.backend.db
      .selectFrom("accounts")
      .select("running_jobs")
      .executeTakeFirstOrThrow();
    expect(account.running_jobs).toBe(0);
  });
});

/** Cancels and finishes one job at random times within 3 ms. */
async function race(
  scene: Scene,
  cancelElsewhere: (id: string) => Promise<unknown>,
  row: JobRow,
  round: number,
): Promise<"done" | "cancelled"> {
  const { id } = row;
  await Promise.all([
    sleep(Math.random() * 3).then(() => cancelElsewhere(id)),
    sleep(Math.random() * 3).then(() => end(scene, row, round)),
  ]);

  const job = await scene.job(id);
  const events = await scene.events(id);
  expect(isGapless(events)).toBe(true);
  expect(events).toHaveLength(job.event_seq);
  expect(["done", "cancelled"]).toContain(job.status);
  expect(finalEvents(events).map(({ type }) => type)).toEqual([job.status]);
  if (job.status === "cancelled") expect(job.result_page).toBeNull();
  // A finished job does not change any more.
  await cancel(scene, id, "person-1");
  expect(await finishDone(scene.backend, row, { message: "Late" })).toBeUndefined();
  expect(await scene.job(id)).toEqual(job);
  return job.status as "done" | "cancelled";
}

/** Ends a run as the engine does: done, cancelled on request, or released by a shutdown. */
async function end({ backend, job }: Scene, row: JobRow, round: number): Promise<void> {
  if (round % 5 === 4) return void (await release(backend, row, "interrupted"));
  const requestedAt = (await job(row.id)).cancel_requested_at;
  if (requestedAt) await finishCancelled(backend, row, "while_running");
  else await finishDone(backend, row, { message: "Done", page: "/contacts" });
}

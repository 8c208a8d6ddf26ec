import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { start } from "../../server/engine/start/start.ts";
import { displayStatus } from "../../server/presenters/job-status.ts";
import { backends } from "../support/backends.ts";
import { openScene } from "../support/scene/processes.ts";

const postgres = backends.filter(({ name }) => name === "postgres");

describe.each(backends)("the queue on $name", (which) => {
  test("a job that is enqueued a hundred times is claimed once", async () => {
    const scene = await openScene(which);
    await Promise.all([scene.worker(), scene.worker()]);
    const id = await scene.start("sleep", { ms: 300 });
    const enqueue = () =>
      scene.backend.write((tx) => tx.enqueue({ id, runAt: scene.backend.now(), priority: 0 }));
    await Promise.all(Array.from({ length: 100 }, enqueue));
    const job = await scene.ended(id);
    await sleep(500);
    // Its run may be cleaning up.
    const { cleanup_due_at: _, ...same } = job;
    expect(await scene.job(id)).toMatchObject(same);
    expect(job).toMatchObject({ status: "done", fence: 1 });
    const events = await scene.events(id);
    expect(events.filter(({ type }) => type === "started")).toHaveLength(1);
  });

  test("a scheduled job starts at its time, while others start at once", async () => {
    const scene = await openScene(which);
    await scene.worker();
    const { backend, catalog } = scene;
    const runAt = backend.now() + 15_000;
    const request = { kind: "sleep", input: { ms: 1 }, accountId: "account-1", userId: "person-1" };
    const { id } = (await start(backend, catalog, { ...request, runAt })).job;
    const now = await scene.start("sleep", { ms: 1 });
    expect((await scene.ended(now)).finished_at).toBeLessThan(runAt);
    expect(displayStatus(await scene.job(id), undefined, backend.now())).toBe("scheduled");
    const job = await scene.ended(id);
    // Two processes wrote the two times, and the queue polls once a second.
    expect(job.started_at! - runAt).toBeGreaterThan(-250);
    expect(job.started_at! - runAt).toBeLessThan(30_000);
  });

  test("five jobs that are started together all begin at once", async () => {
    const scene = await openScene(which, { maxRunning: 5 });
    await scene.worker();
    const ids = await Promise.all(Array.from({ length: 5 }, () => scene.start("sleep", { ms: 1 })));
    const started: number[] = [];
    for (const id of ids) started.push((await scene.ended(id)).started_at!);
    // After a claim that found nothing the sweep would take five seconds.
    expect(Math.max(...started) - Math.min(...started)).toBeLessThan(4_500);
  });
});

describe.each(postgres)("a lost queue entry on $name", (which) => {
  test("a job whose queue entry is lost starts all the same", async () => {
    const scene = await openScene(which);
    const id = await scene.start("sleep", { ms: 1 });
    const { numAffectedRows } = await sql`
      delete from graphile_worker._private_jobs where key = ${`job:${id}`}`.execute(
      scene.backend.db,
    );
    expect(numAffectedRows).toBe(1n);
    await scene.worker();
    expect((await scene.ended(id)).status).toBe("done");
  });
});

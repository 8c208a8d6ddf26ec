import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import type { JobRow } from "../../server/backend/schema.ts";
import { addAccount, backends } from "../support/backends.ts";
import { jobRow } from "../support/job-row.ts";
import { openScene } from "../support/scene/processes.ts";

const limit = 3;

describe.each(backends)("an account's limit of running jobs on $name", (which) => {
  test("an account's limit holds across two workers and delays no other account", async () => {
    const scene = await openScene(which, { maxRunning: limit });
    await addAccount(scene.backend, "account-2");
    await Promise.all([scene.worker(), scene.worker()]);
    const ids = await Promise.all(
      Array.from({ length: 30 }, () => scene.start("sleep", { ms: 100 })),
    );
    const other = await scene.start("sleep", { ms: 1 }, "account-2");
    const counts: number[] = [];
    for (let unfinished = ids.length; unfinished > 0; await sleep(5)) {
      const rows = await scene.backend.db
        .selectFrom("jobs")
        .select("status")
        .where("account_id", "=", "account-1")
        .execute();
      counts.push(rows.filter(({ status }) => status === "running").length);
      unfinished = rows.filter(({ status }) => status !== "done").length;
    }
    expect(Math.max(...counts)).toBe(limit);
    const { created_at, started_at } = await scene.ended(other);
    const startedMeanwhile = await scene.backend.db
      .selectFrom("jobs")
      .select("id")
      .where("account_id", "=", "account-1")
      .where("started_at", ">", created_at)
      .where("started_at", "<", started_at!)
      .execute();
    expect(startedMeanwhile.length).toBeLessThan(15);
    const accounts = await scene.backend.db.selectFrom("accounts").select("running_jobs").execute();
    expect(accounts).toEqual([{ running_jobs: 0 }, { running_jobs: 0 }]);
  });

  test("five thousand queued jobs of one account do not delay another account's job", async () => {
    const scene = await openScene(which);
    await addAccount(scene.backend, "account-2");
    const queued = Array.from({ length: 5_000 }, () =>
      jobRow({ kind: "sleep", input: '{"ms":200}', run_at: scene.backend.now() }),
    );
    await insertAndEnqueue(scene.backend, queued);
    await Promise.all([scene.worker(), scene.worker()]);
    await scene.until(queued[0]!.id, ({ status }) => status !== "queued");
    const other = await scene.start("sleep", { ms: 1 }, "account-2");
    const job = await scene.ended(other);
    expect(job.status).toBe("done");
    const unfinished = await scene.backend.db
      .selectFrom("jobs")
      .select((eb) => eb.fn.countAll<number>().as("n"))
      .where("account_id", "=", "account-1")
      .where("status", "=", "queued")
      .executeTakeFirstOrThrow();
    expect(Number(unfinished.n)).toBeGreaterThan(4_000);
  });
});

/** Does what starting each job does, in fewer transactions, to save the test's time. */
async function insertAndEnqueue(backend: Backend, rows: JobRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    const batch = rows.slice(from, from + 500);
    await backend.write(async (tx) => {
      await tx.db.insertInto("jobs").values(batch).execute();
      const step = { position: 0, name: "Sleeping", weight: 1, status: "waiting" as const };
      const steps = batch.map(({ id }) => ({ ...step, job_id: id }));
      await tx.db.insertInto("job_steps").values(steps).execute();
      for (const { id, run_at, priority } of batch)
        await tx.enqueue({ id, runAt: run_at, priority });
    });
  }
}

import { describe, expect, test } from "vitest";
import type { JobRow } from "../../server/backend/schema.ts";
import { cancel } from "../../server/jobs/cancel.ts";
import { claim } from "../../server/jobs/claim.ts";
import { cancelled, handBack, succeed } from "../../server/jobs/ends.ts";
import { start } from "../../server/jobs/start.ts";
import { backends } from "../support/backends.ts";
import { finals, gapless, openScene, type Scene } from "./scene.ts";

const rounds = 1_000;

describe.each(backends)("races on $name", (which) => {
  test("fifty parallel starts with one key, from two processes' connections, are one job", async () => {
    const scene = await openScene(which);
    const request = {
      ...{ kind: "nap", input: { ms: 1 }, accountId: "account-1", userId: "person-1" },
      idempotencyKey: "one-key",
    };
    const another = await scene.connect();
    const started = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        start(n % 2 ? scene.backend : another, scene.catalog, request),
      ),
    );
    expect(new Set(started.map(({ job }) => job.id)).size).toBe(1);
    expect(started.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(started.every(({ sameInput }) => sameInput)).toBe(true);
    const { id } = started[0]!.job;
    expect(await scene.backend.db.selectFrom("jobs").select("id").execute()).toEqual([{ id }]);
    expect(await scene.events(id)).toHaveLength(1);
  });

  test("a thousand cancels against ends: one end each, as the row decided", {
    timeout: 120_000,
  }, async () => {
    const scene = await openScene(which, { maxRunning: rounds });
    const web = await scene.connect();
    const seen = { succeeded: 0, cancelled: 0 };
    for (let from = 0; from < rounds; from += 25) {
      await Promise.all(Array.from({ length: 25 }, (_, n) => race(scene, web, from + n, seen)));
    }
    // Both ways must have been taken, or nothing was raced.
    expect(seen.succeeded + seen.cancelled).toBe(rounds);
    expect(seen.succeeded).toBeGreaterThan(0);
    expect(seen.cancelled).toBeGreaterThan(0);
    const account = await scene.backend.db
      .selectFrom("accounts")
      .select("running")
      .executeTakeFirstOrThrow();
    expect(account.running).toBe(0);
  });
});

/** One round: who comes first is left to the moment, and to a turn that differs by the round. */
async function race(
  scene: Scene,
  web: Scene["backend"],
  round: number,
  seen: Record<"succeeded" | "cancelled", number>,
): Promise<void> {
  await scene.start("nap", { ms: 1 });
  const row = (await claim(scene.backend, "worker"))!;
  const { id } = row;
  const turns = [() => cancel(web, id, "person-1"), () => end(scene, row, round)];
  if (round % 2) turns.reverse();
  await Promise.all(turns.map((turn) => turn()));
  // A run that was handed back is not running: a cancel of it counts at once, or is made good.
  if ((await scene.job(id)).status === "pending") await cancel(web, id, "person-1");

  const job = await scene.job(id);
  const events = await scene.events(id);
  expect(gapless(events)).toBe(true);
  expect(finals(events).map(({ type }) => type)).toEqual([job.status]);
  expect(events).toHaveLength(job.event_seq);
  if (job.status === "cancelled") expect(job.result_page).toBeNull();
  else expect(job.status).toBe("succeeded");
  seen[job.status as "succeeded" | "cancelled"]++;
  // After the end nothing changes any more.
  await cancel(web, id, "person-1");
  expect(await succeed(scene.backend, row, { message: "Late" })).toBeUndefined();
  expect(await scene.job(id)).toEqual(job);
}

/** As a run ends: well, by its own look at the request, or handed back by a stop. */
async function end({ backend, job }: Scene, row: JobRow, round: number): Promise<void> {
  if (round % 5 === 4) return void (await handBack(backend, row, "interrupted"));
  const asked = (await job(row.id)).cancel_requested_at;
  if (asked) await cancelled(backend, row, "Cancelled");
  else await succeed(backend, row, { message: "Done", page: "/contacts" });
}

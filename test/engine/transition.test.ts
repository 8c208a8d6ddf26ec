import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobEvent } from "../../server/engine/job-event.ts";
import { statuses, transitions } from "../../server/engine/status.ts";
import { recordEvent, transition } from "../../server/engine/transition.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { eventTypes, insertJob, readJob, runningJob } from "../support/job-row.ts";

describe.each(backends)("transitions on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());

  const event: JobEvent = { type: "paused", details: null };
  const pairs = statuses.flatMap((from) => statuses.map((to) => ({ from, to })));

  test.each(pairs)("a transition from $from to $to follows the table", async ({ from, to }) => {
    const { backend } = opened;
    const { id } = await insertJob(backend, { status: from });
    const row = await backend.write((tx) => transition(tx, { id, to, at: 5_000, event }));
    const allowed = transitions[from].includes(to);
    expect(row?.status).toBe(allowed ? to : undefined);
    const stored = await readJob(backend, id);
    expect(stored.status).toBe(allowed ? to : from);
    expect(stored.version).toBe(allowed ? 2 : 1);
    expect(await eventTypes(backend, id)).toEqual(allowed ? ["paused"] : []);
  });

  test.each(pairs)(
    "a transition from $from to $to throws if it is requested and not in the table",
    async ({ from, to }) => {
      const { backend } = opened;
      const change = { to, at: 5_000, event };
      const asked = [{ from: [from] }, ...(from === "running" ? [{ fence: 1 }] : [])];
      for (const how of asked) {
        const row = from === "running" ? runningJob() : { status: from };
        const { id } = await insertJob(backend, row);
        const changed = backend.write((tx) => transition(tx, { id, ...change, ...how }));
        const allowed = transitions[from].includes(to);
        if (allowed) expect((await changed)?.status).toBe(to);
        else await expect(changed).rejects.toThrow(`${from} job cannot become ${to}`);
        expect((await readJob(backend, id)).status).toBe(allowed ? to : from);
      }
    },
  );

  test("a final transition needs the fence, frees the account's slot and adds the running time", async () => {
    const { backend } = opened;
    const account = () =>
      backend.db
        .selectFrom("accounts")
        .select("running_jobs")
        .where("id", "=", "account-1")
        .executeTakeFirstOrThrow();
    const before = (await account()).running_jobs;
    const given = runningJob({ fence: 3, claimed_at: 1_000, running_ms: 500, deadline_at: 9_000 });
    const { id } = await insertJob(backend, given);
    const end = (fence: number) =>
      backend.write((tx) =>
        transition(tx, { id, to: "done", fence, ranMs: 3_000, at: 4_000, event }),
      );
    expect(await end(2)).toBeUndefined();
    expect((await account()).running_jobs).toBe(before);
    expect(await end(3)).toMatchObject({
      ...{ status: "done", finished_at: 4_000, running_ms: 3_500 },
      ...{ worker_id: null, deadline_at: null, checkpoint: null },
    });
    expect((await account()).running_jobs).toBe(before - 1);
    expect(await end(3)).toBeUndefined();
    expect(await eventTypes(backend, id)).toEqual(["paused"]);
  });

  test("an event is numbered by the row and rejected with an old fence", async () => {
    const { backend } = opened;
    const { id } = await insertJob(backend, runningJob({ fence: 2, event_seq: 6 }));
    const note = (fence: number) =>
      backend.write((tx) => recordEvent(tx, { id, fence, at: 1, event }));
    expect(await note(1)).toBeUndefined();
    expect((await note(2))?.event_seq).toBe(7);
    expect((await note(2))?.event_seq).toBe(8);
    const events = await backend.db
      .selectFrom("job_events")
      .select("seq")
      .where("job_id", "=", id)
      .orderBy("seq")
      .execute();
    expect(events).toEqual([{ seq: 7 }, { seq: 8 }]);
  });

  test("twenty concurrent events are numbered without a gap", async () => {
    const { backend } = opened;
    const { id } = await insertJob(backend, runningJob());
    await Promise.all(
      Array.from({ length: 20 }, () =>
        backend.write((tx) => recordEvent(tx, { id, at: 1, event })),
      ),
    );
    expect(await eventTypes(backend, id)).toHaveLength(20);
    expect((await readJob(backend, id)).event_seq).toBe(20);
  });

  test("a transition is rolled back with its transaction", async () => {
    const { backend } = opened;
    const { id } = await insertJob(backend);
    const failing = backend.write(async (tx) => {
      await transition(tx, { id, to: "cancelled", at: 1, event });
      throw new Error("afterwards");
    });
    await expect(failing).rejects.toThrow("afterwards");
    expect((await readJob(backend, id)).status).toBe("queued");
    expect(await eventTypes(backend, id)).toEqual([]);
  });
});

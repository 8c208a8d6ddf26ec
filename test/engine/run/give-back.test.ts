import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { cancel } from "../../../server/engine/cancel.ts";
import { pause, resume } from "../../../server/engine/pause.ts";
import { createRoomRequest, roomRequestMs } from "../../../server/engine/run/room-request.ts";
import { startNow } from "../../../server/engine/start/start-now.ts";
import { wakeSleepers } from "../../../server/engine/worker/wake-sleepers.ts";
import { defineJob, type JobContext, TryAgain } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob } from "../../support/in-process.ts";
import { eventTypes, insertJob, readJob } from "../../support/job-row.ts";

const hour = 3_600_000;

function kindOf(run: (job: JobContext<"First" | "Second">) => Promise<void>) {
  return defineJob({
    title: "Gives back",
    description: "",
    input: z.object({}),
    steps: { First: 1, Second: 1 },
    async run(job) {
      await run(job);
      return { message: "Done" };
    },
  });
}

describe.each(backends)("giving back a slot on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let calls: string[];
  beforeEach(async () => {
    opened = await openTestBackend(which);
    calls = [];
  });
  afterEach(() => opened.close());

  const jobOf = (run: (job: JobContext<"First" | "Second">) => Promise<void>) =>
    createJob(opened.backend, opened.dir, kindOf(run));

  /** Moves all times of the sleeping job back, as if this time had passed. */
  async function pass(id: string, ms: number): Promise<void> {
    const row = await readJob(opened.backend, id);
    const sleep = row.sleep && JSON.parse(row.sleep);
    const changes = {
      run_at: row.run_at - ms,
      waiting_until: row.waiting_until && row.waiting_until - ms,
      sleep: sleep?.until ? JSON.stringify({ ...sleep, until: sleep.until - ms }) : row.sleep,
    };
    await opened.backend.db.updateTable("jobs").set(changes).where("id", "=", id).execute();
  }

  describe("to others", () => {
    const counting = (onBatch: (number: number) => void) => (job: JobContext<"First" | "Second">) =>
      job.step("First", () =>
        job.batches<number, number>({
          async *from(cursor = 0) {
            for (let next = cursor + 1; next <= 3; next++) yield { items: [next], cursor: next };
          },
          async write([number]) {
            calls.push(`batch ${number}`);
            onBatch(number!);
            return { succeeded: 1 };
          },
        }),
      );

    test("a run stops behind its batch and goes on with the next one", async () => {
      const job = await jobOf(
        counting((number) => {
          if (number === 2) job.requestRoom();
        }),
      );
      const stopped = await job.run();
      expect(stopped).toMatchObject({ status: "queued", reason: "made_room", succeeded: 2 });
      expect(stopped).toMatchObject({ retries: 0, rescues: 0 });
      expect(await job.run()).toMatchObject({ status: "done", succeeded: 3 });
      expect(calls).toEqual(["batch 1", "batch 2", "batch 3"]);
      expect(await eventTypes(opened.backend, job.id)).toContain("made_room");
    });

    test("a run stops before its next step, and never within one", async () => {
      const job = await jobOf(async (context) => {
        await context.step("First", async () => {
          job.requestRoom();
          await context.sleep(5);
          calls.push("first");
        });
        await context.step("Second", async () => void calls.push("second"));
      });
      expect(await job.run()).toMatchObject({ status: "queued", reason: "made_room" });
      expect(calls).toEqual(["first"]);
      expect((await job.run()).status).toBe("done");
      expect(calls).toEqual(["first", "second"]);
    });

    test("a request expires where no checkpoint comes", () => {
      let now = 0;
      const room = createRoomRequest(undefined, () => now);
      expect(room.isPending()).toBe(false);
      room.request();
      now = roomRequestMs - 1;
      expect(room.isPending()).toBe(true);
      now = roomRequestMs;
      expect(room.isPending()).toBe(false);
    });

    test("a run tells once that two of its batches followed each other within 10 s", () => {
      let now = 0;
      let told = 0;
      const room = createRoomRequest(
        () => told++,
        () => now,
      );
      const toldAfter = (ms: number) => {
        now += ms;
        room.onBatch();
        return told;
      };
      expect([0, 10_001, 10_000, 5].map(toldAfter)).toEqual([0, 0, 1, 1]);
    });
  });

  describe("for a sleep", () => {
    const sleepy = async (job: JobContext<"First" | "Second">) => {
      await job.step("First", async () => {
        calls.push("before");
        await job.sleep(hour, "the shop is closed");
        calls.push("after");
      });
    };

    test("a long sleep ends the run, and the next one goes on behind it", async () => {
      const job = await jobOf(sleepy);
      const before = opened.backend.now();
      const asleep = await job.run();
      expect(asleep).toMatchObject({ status: "queued", reason: "sleeping", worker_id: null });
      expect(asleep.waiting_for).toBe("the shop is closed");
      expect(asleep.run_at).toBeGreaterThanOrEqual(before + hour);
      expect(asleep.run_at).toBe(asleep.waiting_until);
      expect(await opened.backend.queue.claim("worker-1")).toBeUndefined();
      await pass(job.id, hour);
      expect((await job.run()).status).toBe("done");
      expect(calls).toEqual(["before", "before", "after"]);
    });

    test("a job that is claimed in its sleep sleeps on for the rest of it", async () => {
      const job = await jobOf(sleepy);
      const { waiting_until } = await job.run();
      const { db } = opened.backend;
      await db.updateTable("jobs").set({ run_at: 0 }).where("id", "=", job.id).execute();
      expect(await job.run()).toMatchObject({ reason: "sleeping", run_at: waiting_until });
      expect(calls).toEqual(["before", "before"]);
    });

    test("a short sleep keeps the slot", async () => {
      const job = await jobOf((context) => context.step("First", () => context.sleep(1_050)));
      expect(await job.run()).toMatchObject({ status: "done", fence: 1 });
    });

    test("each sleep between two batches gives back the slot once", async () => {
      const job = await jobOf((context) =>
        context.step("First", () =>
          context.batches<number, number>({
            async *from(cursor = 0) {
              for (let next = cursor + 1; next <= 3; next++) {
                await context.sleep(hour);
                yield { items: [next], cursor: next };
              }
            },
            async write([number]) {
              calls.push(`batch ${number}`);
              return { succeeded: 1 };
            },
          }),
        ),
      );
      for (let done = 0; done < 3; done++) {
        expect(await job.run()).toMatchObject({ reason: "sleeping", succeeded: done });
        await pass(job.id, hour);
      }
      expect(await job.run()).toMatchObject({ status: "done", succeeded: 3, sleep: null });
      expect(calls).toEqual(["batch 1", "batch 2", "batch 3"]);
    });

    test("a sleep behind a checkpoint is not taken for the one before it", async () => {
      const job = await jobOf((context) =>
        context.step("First", () =>
          context.batches<number, number>({
            async *from(cursor = 0) {
              for (let next = cursor + 1; next <= 2; next++) {
                await context.sleep(hour);
                yield { items: [next], cursor: next };
              }
            },
            async write() {
              job.stop("shutdown");
              return { succeeded: 1 };
            },
          }),
        ),
      );
      await job.run();
      await pass(job.id, hour);
      expect(await job.run()).toMatchObject({ reason: "interrupted", succeeded: 1, sleep: null });
      expect(await job.run()).toMatchObject({ reason: "sleeping", succeeded: 1 });
    });

    test("sleeps between steps and within them are told apart", async () => {
      const job = await jobOf(async (context) => {
        await context.step("First", async () => void calls.push("first"));
        await context.sleep(hour, "between");
        await context.step("Second", async () => {
          await context.sleep(2 * hour, "within");
          calls.push("second");
        });
      });
      expect(await job.run()).toMatchObject({ waiting_for: "between" });
      await pass(job.id, hour);
      expect(await job.run()).toMatchObject({ waiting_for: "within" });
      await pass(job.id, 2 * hour);
      expect((await job.run()).status).toBe("done");
      expect(calls).toEqual(["first", "second"]);
    });

    test("a second long sleep behind the same checkpoint keeps the slot", async () => {
      const job = await jobOf((context) =>
        context.step("First", async () => {
          await context.sleep(hour, "first");
          calls.push("slept");
          await context.sleep(hour, "second");
        }),
      );
      await job.run();
      await pass(job.id, hour);
      const run = job.run();
      await expect.poll(() => calls).toEqual(["slept"]);
      await expect
        .poll(async () => (await readJob(opened.backend, job.id)).waiting_for)
        .toBe("second");
      job.stop("cancel");
      expect((await run).status).toBe("cancelled");
    });

    test("of concurrent sleeps none gives back the slot", async () => {
      const job = await jobOf((context) =>
        context.step("First", async () => {
          const short = context.sleep(500);
          const long = context.sleep(hour, "the long one");
          await short;
          calls.push("worked meanwhile");
          await long;
        }),
      );
      const run = job.run();
      await expect.poll(() => calls).toEqual(["worked meanwhile"]);
      expect((await readJob(opened.backend, job.id)).status).toBe("running");
      job.stop("cancel");
      await run;
    });

    test("a sleeping job is cancelled at once", async () => {
      const job = await jobOf(sleepy);
      await job.run();
      const parts = { backend: opened.backend, catalog: job.catalog };
      const cancelled = await cancel(parts, job.id, "person-1");
      expect(cancelled).toMatchObject({ status: "cancelled", waiting_until: null });
      expect(cancelled.reason).toBe("while_sleeping");
    });

    test("a job that is paused in its sleep sleeps on when it is resumed", async () => {
      const job = await jobOf(sleepy);
      const { run_at } = await job.run();
      expect((await pause(opened, job.id, "person-1")).status).toBe("paused");
      const resumed = await resume(opened, job.id, "person-1");
      expect(resumed).toMatchObject({ status: "queued", reason: "sleeping", run_at });
      await pause(opened, job.id, "person-1");
      await pass(job.id, hour);
      expect(await resume(opened, job.id, "person-1")).toMatchObject({ reason: "resumed" });
      expect((await job.run()).status).toBe("done");
    });

    test("a sleeping job is no scheduled one, and cannot be started ahead of time", async () => {
      const job = await jobOf(sleepy);
      const { run_at } = await job.run();
      expect(await startNow(opened, job.id, "person-1")).toMatchObject({ run_at });
    });

    test("a job whose sleep is over goes before jobs that were due meanwhile", async () => {
      const job = await jobOf(sleepy);
      await job.run();
      await insertJob(opened.backend, { run_at: opened.backend.now() });
      await wakeSleepers(opened.backend);
      expect((await readJob(opened.backend, job.id)).reason).toBe("sleeping");
      // Its sleep ended after the other job became due.
      await pass(job.id, hour - 5);
      await expect
        .poll(async () => {
          await wakeSleepers(opened.backend);
          return (await readJob(opened.backend, job.id)).reason;
        })
        .toBe("woken");
      expect((await opened.backend.queue.claim("worker-1"))?.id).toBe(job.id);
    });

    test("waits that a service asks for use up no retry, and add up until a checkpoint", async () => {
      const busy = new TryAgain("Too many requests", { after: "2m" });
      const attempts: number[] = [];
      const job = await jobOf(async (context) => {
        attempts.push(context.attempt);
        await context.step("First", async () => {
          if (attempts.length <= 5) throw busy;
          await context.sleep(hour);
          if (attempts.length <= 7) throw busy;
        });
        if (attempts.length <= 8) throw busy;
      });
      const next = async () => {
        const row = await job.run();
        await pass(job.id, hour);
        return { reason: row.reason, ...JSON.parse(row.sleep ?? "{}") };
      };
      for (let tries = 1; tries <= 5; tries++)
        expect(await next()).toEqual({ reason: "sleeping", requestedMs: tries * 120_000 });
      // A sleep of the kind gives back the slot behind such waits too, and is not repeated by them.
      const asleep = { reason: "sleeping", step: 0, until: expect.any(Number) };
      expect(await next()).toEqual({ ...asleep, requestedMs: 600_000 });
      expect(await next()).toEqual({ ...asleep, requestedMs: 720_000 });
      expect(await next()).toEqual({ reason: "sleeping", requestedMs: 120_000 });
      expect(await job.run()).toMatchObject({ status: "done", retries: 0, fence: 9 });
      expect(attempts).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
    });

    test("a cleanup sleeps in its place", async () => {
      const kind = {
        ...kindOf(async () => {
          throw new Error("no");
        }),
        async cleanup(job: JobContext) {
          void job.sleep(10_001);
          await job.sleep(50);
          calls.push(job.signal.aborted ? "gave back" : "sleeps");
        },
      };
      const job = await createJob(opened.backend, opened.dir, kind);
      await job.run();
      expect(calls).toEqual(["sleeps"]);
    });
  });
});

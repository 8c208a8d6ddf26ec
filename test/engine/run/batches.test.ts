import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Batch, BatchWrite, JobContext } from "../../../server/job.ts";
import { defineJob, TryAgain } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob } from "../../support/in-process.ts";
import { readJob } from "../../support/job-row.ts";

/** Yields one batch for each number after `from` up to `last`. */
async function* numbers(from: number, last: number): AsyncIterable<Batch<number, number>> {
  for (let next = from + 1; next <= last; next++) yield { items: [next], cursor: next };
}

function kindOf(run: (job: JobContext) => Promise<void>) {
  return defineJob({
    title: "Batches",
    description: "",
    input: z.object({}),
    steps: { Counting: 1 },
    retryAfter: ["0s", "0s"],
    async run(job) {
      await job.step("Counting", () => run(job));
      return { message: "Counted" };
    },
  });
}

describe.each(backends)("batches on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());
  const jobOf = (run: (job: JobContext) => Promise<void>) =>
    createJob(opened.backend, opened.dir, kindOf(run));

  /** Inserts a row that shows that the batch was committed. */
  const note = ({ db }: BatchWrite, job: JobContext, number: number) =>
    db
      .insertInto("job_rejections")
      .values({ job_id: job.id, reason: `number ${number}`, count: 1, first_rows: "[]" })
      .execute();
  const noted = async (id: string) => {
    const rows = opened.backend.db
      .selectFrom("job_rejections")
      .select("reason")
      .where("job_id", "=", id);
    return (await rows.orderBy("reason").execute()).map(({ reason }) => reason);
  };

  test("a failed batch is rolled back and repeated by the next run", async () => {
    const begun: (number | undefined)[] = [];
    let failures = 1;
    const job = await jobOf((context) =>
      context.batches<number, number>({
        total: 4,
        from: (cursor) => {
          begun.push(cursor);
          return numbers(cursor ?? 0, 4);
        },
        async write([number], write) {
          await note(write, context, number!);
          if (number === 3 && failures-- > 0) throw new TryAgain("in the middle");
          return { succeeded: 1 };
        },
      }),
    );
    const first = await job.run();
    expect(first).toMatchObject({ status: "queued", retries: 1, succeeded: 2, step_done: 2 });
    expect(await noted(job.id)).toEqual(["number 1", "number 2"]);
    const second = await job.run();
    expect(second).toMatchObject({ status: "done", succeeded: 4, step_done: 4 });
    expect(await noted(job.id)).toEqual(["number 1", "number 2", "number 3", "number 4"]);
    expect(begun).toEqual([undefined, 2]);
    // The keys are unique, so a repeated batch would have failed.
  });

  test.each(["pause", "shutdown", "cancel"] as const)(
    "a %s lets the current batch finish",
    async (why) => {
      const job = await jobOf((context) =>
        context.batches<number, number>({
          from: (cursor) => numbers(cursor ?? 0, 9),
          async write([number], write) {
            if (number === 2) job.stop(why);
            await note(write, context, number!);
            return { succeeded: 1 };
          },
        }),
      );
      const stopped = await job.run();
      const status = { pause: "paused", shutdown: "queued", cancel: "cancelled" }[why];
      expect(stopped).toMatchObject({ status, succeeded: 2, retries: 0, rescues: 0 });
      if (why === "cancel")
        expect(stopped).toMatchObject({ reason: "while_running", outcome: null });
      expect(await noted(job.id)).toEqual(["number 1", "number 2"]);
    },
  );

  test("a run that lost its lease writes no further batch and cannot finish the job", async () => {
    const job = await jobOf((context) =>
      context.batches<number, number>({
        async *from() {
          yield* numbers(0, 2);
          // Another worker takes the job over between two batches.
          const takeover = opened.backend.db.updateTable("jobs").set({ fence: 7 });
          await takeover.where("id", "=", context.id).execute();
          yield* numbers(2, 3);
        },
        async write([number], write) {
          await note(write, context, number!);
          return { succeeded: 1 };
        },
      }),
    );
    expect(await job.run()).toMatchObject({ status: "running", fence: 7, succeeded: 2 });
    expect(await noted(job.id)).toEqual(["number 1", "number 2"]);
  });

  test("rejected rows are counted with their batch, by reason and with their first row numbers", async () => {
    const job = await jobOf((context) =>
      context.batches<number, number>({
        async *from() {
          for (const start of [0, 20]) {
            for (let row = start; row < start + 20; row++) {
              if (row % 2) context.reject(row, "odd");
            }
            context.reject(start, `late at ${start}`);
            yield { items: [], cursor: start };
          }
        },
        write: async () => ({ skipped: 1 }),
      }),
    );
    const row = await job.run();
    expect(row).toMatchObject({ status: "done", succeeded: 0, rejected: 22, skipped: 2 });
    const errors = await opened.backend.db
      .selectFrom("job_rejections")
      .select(["reason", "count", "first_rows"])
      .where("job_id", "=", job.id)
      .orderBy("reason")
      .execute();
    expect(errors).toEqual([
      { reason: "late at 0", count: 1, first_rows: "[0]" },
      { reason: "late at 20", count: 1, first_rows: "[20]" },
      { reason: "odd", count: 20, first_rows: "[1,3,5,7,9,11,13,15,17,19]" },
    ]);
  });

  test("a new checkpoint resets the number of rescues", async () => {
    let rescues: number | undefined;
    const job = await jobOf((context) =>
      context.batches<number, number>({
        async *from() {
          yield* numbers(0, 1);
          // Before the end of the step, which resets the number as well.
          ({ rescues } = await readJob(opened.backend, context.id));
        },
        write: async () => ({ succeeded: 1 }),
      }),
    );
    const rescued = opened.backend.db.updateTable("jobs").set({ rescues: 2 });
    await rescued.where("id", "=", job.id).execute();
    await job.run();
    expect(rescues).toBe(0);
  });

  test("a batch outside a step fails the job", async () => {
    const kind = { ...kindOf(async () => {}), run: outside };
    async function outside(job: JobContext) {
      await job.batches({ from: () => numbers(0, 1) });
      return { message: "Never" };
    }
    const job = await createJob(opened.backend, opened.dir, kind);
    const row = await job.run();
    expect(row).toMatchObject({
      status: "failed",
      error: "Batches and progress belong into a step",
    });
  });
});

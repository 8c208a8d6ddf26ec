import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, type JobContext, TryAgain } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob, createJobThat } from "../../support/in-process.ts";
import { insertJob } from "../../support/job-row.ts";

describe.each(backends)("job.each on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let seen: unknown[];
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(() => opened.close());

  const jobThat = (work: (job: JobContext<"Doing">) => Promise<unknown>) =>
    createJobThat(opened, work);

  /** Also resumes it if it is paused. */
  const makeDue = (id: string) =>
    opened.backend.write(async (tx) => {
      const changes = { status: "queued", run_at: 0 } as const;
      await tx.db.updateTable("jobs").set(changes).where("id", "=", id).execute();
      await tx.enqueue({ id, runAt: 0, priority: 0 });
    });

  test("a later run continues with the item whose work did not end, and counts each once", async () => {
    const job = await jobThat((context) =>
      context.each(["a", "b", "c", "d"], async (item, index) => {
        seen.push(`${item}${index}`);
        if (item === "c" && context.attempt === 1) throw new TryAgain("busy");
      }),
    );
    expect(await job.run()).toMatchObject({ status: "queued", succeeded: 2, step_total: 4 });
    await makeDue(job.id);
    expect(await job.run()).toMatchObject({ status: "done", succeeded: 4, step_done: 4 });
    expect(seen).toEqual(["a0", "b1", "c2", "c2", "d3"]);
  });

  test("an item can be skipped or rejected instead of succeeding", async () => {
    const job = await jobThat((context) =>
      context.step("Doing", () =>
        context.each([1, 2, 3, 4], (number) => {
          if (number === 2) return "skipped";
          if (number === 3) context.reject(number, "odd");
          return undefined;
        }),
      ),
    );
    expect(await job.run()).toMatchObject({ succeeded: 2, skipped: 1, rejected: 1 });
  });

  test("a generator is read again up to the item with which a later run continues", async () => {
    const job = await jobThat((context) => {
      const letters = async function* () {
        yield* ["a", "b", "c"];
      };
      return context.each(letters(), (item) => {
        seen.push(item);
        if (seen.length === 2) job.stop("pause");
      });
    });
    expect(await job.run()).toMatchObject({ status: "paused", succeeded: 2, step_total: null });
    await makeDue(job.id);
    expect(await job.run()).toMatchObject({ status: "done", succeeded: 3 });
    expect(seen).toEqual(["a", "b", "c"]);
  });

  test("the rows of a query stay the same in all runs, whatever the work changes", async () => {
    const { backend } = opened;
    const rows = await Promise.all(
      [1, 2, 3].map((priority) => insertJob(backend, { priority, status: "paused" })),
    );
    const job = await jobThat((context) => {
      const query = context.db
        .selectFrom("jobs")
        .select(["id", "priority"])
        .where("status", "=", "paused")
        .orderBy("priority");
      return context.each(query, async ({ id, priority }) => {
        seen.push(priority);
        await backend.db.deleteFrom("jobs").where("id", "=", id).execute();
        if (context.attempt === 1) throw new TryAgain("busy");
      });
    });
    expect((await job.run()).status).toBe("queued");
    await makeDue(job.id);
    expect(await job.run()).toMatchObject({ status: "done", succeeded: rows.length });
    expect(seen).toEqual([1, 1, 2, 3]);
  });

  test("a kind with several steps has to say to which one the items belong", async () => {
    const kind = defineJob({
      ...{ title: "Each", description: "", input: z.object({}), steps: { One: 1, Two: 1 } },
      async run(job) {
        await job.each([1], () => {});
        return { message: "Done" };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    expect((await job.run()).error).toMatch(/belongs into a step/);
  });
});

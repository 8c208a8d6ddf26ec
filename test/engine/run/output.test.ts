import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createJobReader } from "../../../server/engine/job-reader.ts";
import { maxOutputLength } from "../../../server/engine/run/output-writer.ts";
import { defineJob, type JobContext, TryAgain } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob } from "../../support/in-process.ts";

describe.each(backends)("the text of a job on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  const jobOf = (run: (job: JobContext) => Promise<unknown>) => {
    const kind = defineJob({
      title: "Write",
      description: "",
      input: z.object({}),
      steps: { One: 1, Two: 1 },
      retryAfter: ["0s"],
      async run(job) {
        await run(job);
        return { message: "Written" };
      },
    });
    return createJob(opened.backend, opened.dir, kind);
  };
  const reader = () => createJobReader({ backend: opened.backend, catalog: new Map() });
  const textOf = async (id: string) => {
    let text = "";
    for await (const piece of reader().wholeOutput(id)) text += piece;
    return text;
  };

  test("is written while the job runs, and stays with it", async () => {
    const lengths: number[] = [];
    const job = await jobOf(async ({ id, output }) => {
      output.append("Once ");
      output.append("upon");
      while ((await reader().get(id))!.output_length === 0) await sleep(20);
      lengths.push((await reader().get(id))!.output_length);
      output.append(" a time\r\n");
    });
    expect(await job.run()).toMatchObject({ status: "done", output_length: 17 });
    expect(lengths).toEqual([9]);
    expect(await textOf(job.id)).toBe("Once upon a time\n");
  });

  test("is kept up to the last checkpoint, and what the next run repeats comes once", async () => {
    let tries = 0;
    const job = await jobOf(async (job) => {
      await job.step("One", async () => job.output.append("first step. "));
      await job.step("Two", () =>
        job.batches({
          async *from(at: number = 0) {
            for (let next = at + 1; next <= 3; next++) {
              job.output.append(`batch ${next}. `);
              if (next === 3 && tries++ === 0) {
                // The text is in the database, and the batch is not.
                while (!(await textOf(job.id)).includes("batch 3")) await sleep(20);
                throw new TryAgain("again");
              }
              yield { items: [next], cursor: next };
            }
          },
        }),
      );
    });
    expect(await job.run()).toMatchObject({ status: "queued", reason: "retry" });
    expect(await textOf(job.id)).toBe("first step. batch 1. batch 2. batch 3. ");
    expect(await job.run()).toMatchObject({ status: "done" });
    expect(await textOf(job.id)).toBe("first step. batch 1. batch 2. batch 3. ");
  });

  test("loses what a run wrote without a checkpoint when the next one begins", async () => {
    let tries = 0;
    const job = await jobOf(async (job) => {
      job.output.append(`try ${++tries}`);
      if (tries === 1) throw new TryAgain("again");
    });
    await job.run();
    expect(await textOf(job.id)).toBe("try 1");
    expect(await job.run()).toMatchObject({ status: "done", output_length: 5 });
    expect(await textOf(job.id)).toBe("try 2");
  });

  test("is not written by a run that lost its lease, which is stopped", async () => {
    const job = await jobOf(async ({ id, output, signal }) => {
      await opened.backend.db.updateTable("jobs").set({ fence: 7 }).where("id", "=", id).execute();
      output.append("late");
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    });
    expect(await job.run()).toMatchObject({ status: "running", fence: 7, output_length: 0 });
    expect(await textOf(job.id)).toBe("");
  });

  test("is cut at its limit, and a page gets the end of it", async () => {
    const job = await jobOf(async ({ output }) => {
      for (let at = 0; at < 30; at++) output.append("0123456789".repeat(4_000));
    });
    await job.run();
    const text = await textOf(job.id);
    expect(text.slice(0, maxOutputLength)).toBe("0123456789".repeat(maxOutputLength / 10));
    expect(text.slice(maxOutputLength)).toContain("at most 1,000,000 characters are kept");
    expect(text.length).toBeLessThan(maxOutputLength + 100);
    const end = await reader().output(job.id, 0);
    expect(end.text).toBe(text.slice(-20_000));
    expect(end).toMatchObject({ from: text.length - 20_000, length: text.length });
    const part = await reader().output(job.id, text.length - 7);
    expect(part).toEqual({ from: text.length - 7, text: text.slice(-7), length: text.length });
  });

  test("keeps a pair of surrogates whole, and stores no character that a database cannot", async () => {
    const job = await jobOf(async ({ output }) => {
      output.append("x".repeat(63_999));
      output.append("🦆\0\ud800");
    });
    expect(await job.run()).toMatchObject({ status: "done" });
    expect((await textOf(job.id)).slice(63_999)).toBe("🦆\ufffd\ufffd");
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, TryAgain } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob } from "../../support/in-process.ts";
import { eventTypes } from "../../support/job-row.ts";

describe.each(backends)("steps on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  const described = {
    title: "Steps",
    description: "",
    input: z.object({}),
    steps: { Reading: 1, Writing: 3 },
    retryAfter: ["0s"] as ["0s"],
  };
  const stepsOf = (id: string) =>
    opened.backend.db
      .selectFrom("job_steps")
      .select(["name", "status", "result"])
      .where("job_id", "=", id)
      .orderBy("position")
      .execute();

  test("a finished step is not run again, and its value is available to the next run", async () => {
    const ran: string[] = [];
    let failures = 1;
    const kind = defineJob({
      ...described,
      async run(job) {
        const read = await job.step("Reading", async () => {
          ran.push("Reading");
          return { rows: 12, name: "a.csv" };
        });
        await job.step("Writing", async () => {
          ran.push("Writing");
          if (failures-- > 0) throw new TryAgain("busy");
        });
        return {
          message: JSON.stringify([read, job.stepResult("Reading"), job.stepResult("Writing")]),
        };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    expect((await job.run()).status).toBe("queued");
    expect(await stepsOf(job.id)).toEqual([
      { name: "Reading", status: "done", result: '{"rows":12,"name":"a.csv"}' },
      { name: "Writing", status: "running", result: null },
    ]);
    const row = await job.run();
    expect(row.status).toBe("done");
    expect(JSON.parse(row.outcome!)).toEqual([
      { rows: 12, name: "a.csv" },
      { rows: 12, name: "a.csv" },
      null,
    ]);
    expect(ran).toEqual(["Reading", "Writing", "Writing"]);
    const types = await eventTypes(opened.backend, job.id);
    expect(types.filter((type) => type === "step_started")).toHaveLength(2);
    expect(types.filter((type) => type === "step_finished")).toHaveLength(2);
  });

  test("the progress of a job follows the weights of its steps", async () => {
    const shares: (number | null)[] = [];
    const kind = defineJob({
      ...described,
      async run(job) {
        const look = async () => {
          await job.sleep(150);
          const row = opened.backend.db.selectFrom("jobs").select("progress");
          shares.push((await row.where("id", "=", job.id).executeTakeFirstOrThrow()).progress);
        };
        await job.step("Reading", async () => {
          job.progress(1, 2);
          await look();
        });
        await job.step("Writing", async () => {
          job.progress(1, 3);
          await look();
          job.progress(2);
          await look();
        });
        return { message: "Done" };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    expect((await job.run()).progress).toBe(1);
    expect(shares).toEqual([0.125, 0.5, null]);
  });

  test("a stopping run begins no further step", async () => {
    const kind = defineJob({
      ...described,
      async run(job) {
        await job.step("Reading", async () => stopping.stop("pause"));
        await job.step("Writing", async () => {
          throw new Error("It began");
        });
        return { message: "Never" };
      },
    });
    const stopping = await createJob(opened.backend, opened.dir, kind);
    expect((await stopping.run()).status).toBe("paused");
    expect((await stepsOf(stopping.id)).map(({ status }) => status)).toEqual(["done", "waiting"]);
  });

  test.each([
    ["that is run", "step"],
    ["with an expected total", "expect"],
  ] as const)("an unknown step %s fails the job with an error that names it", async (_, call) => {
    const unknown = "Typing" as "Writing";
    const kind = defineJob({
      ...described,
      async run(job) {
        if (call === "expect") job.expect(unknown, 10);
        else await job.step(unknown, async () => {});
        return { message: "Never" };
      },
    });
    const job = await createJob(opened.backend, opened.dir, kind);
    const row = await job.run();
    expect(row.status).toBe("failed");
    expect(row.error).toMatch(/has no step "Typing"$/);
  });
});

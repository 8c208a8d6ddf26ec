import { describe, expect, test } from "vitest";
import { z } from "zod";
import { errorLog } from "../../server/development/error-log.ts";
import { defineJob, Refused, TryAgain } from "../../server/job.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { createJob } from "../support/in-process.ts";

const faulty = defineJob({
  title: "Faulty",
  description: "Reads a property of undefined.",
  input: z.object({}),
  steps: { First: 1 },
  async run(job) {
    await job.step("First", async () => {
      const rows: string[][] = [];
      job.log(rows[7]!.join());
    });
    return { message: "" };
  },
});

describe.each(backends)("the log of a failed job on $name", (which) => {
  test("in development the log shows the kind's own lines that led to an error", async () => {
    const { backend, dir, close } = await openTestBackend(which);
    const job = await createJob(backend, dir, faulty, {}, { explainError: errorLog });
    expect((await job.run()).status).toBe("failed");
    const lines = await backend.db
      .selectFrom("job_logs")
      .select(["level", "message"])
      .where("job_id", "=", job.id)
      .orderBy("seq")
      .execute();
    await close();
    expect(lines[0]).toEqual({
      level: "error",
      message: "TypeError: Cannot read properties of undefined (reading 'join')",
    });
    expect(lines[1]?.message).toMatch(
      /^test\/development\/error-log\.test\.ts:16:\d+.*: job\.log\(rows\[7\]!\.join\(\)\);$/,
    );
    expect(lines.some(({ message }) => message.startsWith("server/"))).toBe(false);
  });
});

test("an error that a kind throws on purpose is not explained", () => {
  expect(errorLog(new Refused("The key is wrong"))).toEqual([]);
  expect(errorLog(new TryAgain("busy"))).toEqual([]);
  expect(errorLog("thrown text")).toEqual([]);
});

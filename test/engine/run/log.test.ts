import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { parseLogNote } from "../../../server/engine/log-note.ts";
import { defineJob } from "../../../server/job.ts";
import { logMessage } from "../../../server/presenters/log.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob } from "../../support/in-process.ts";

const talker = defineJob({
  title: "Talker",
  description: "Says the same in a hot loop.",
  input: z.object({}),
  steps: { First: 1, Second: 1 },
  async run(job) {
    await job.step("First", async () => {
      for (let n = 1; n <= 50_000; n++) job.log(`line ${n}`);
    });
    await job.sleep(1_000);
    await job.step("Second", async () => job.log("the end", "warn"));
    return { message: "Talked" };
  },
});

describe.each(backends)("job logs on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  test("a job that logs in a hot loop keeps its first lines and notes the dropped ones", async () => {
    const { backend, dir } = opened;
    const job = await createJob(backend, dir, talker);
    const ended = await job.run();
    expect(ended.status).toBe("done");
    const lines = await backend.db
      .selectFrom("job_logs")
      .select(["seq", "level", "message"])
      .where("job_id", "=", job.id)
      .orderBy("seq")
      .execute();
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, at) => at + 1));
    expect(ended.log_seq).toBe(lines.length);
    const notes = lines.filter(({ level }) => level === "note");
    const dropped = notes.map(({ message }) => {
      const note = parseLogNote(message);
      return note.type === "lines_dropped" ? note.count : 0;
    });
    const lineCount = lines.filter(({ level }) => level === "info").length;
    // The loop may run across two or three seconds.
    expect(lineCount).toBeLessThanOrEqual(3_000);
    expect(lineCount + dropped.reduce((sum, each) => sum + each, 0)).toBe(50_000);
    expect(logMessage(notes.at(-1)!)).toMatch(/ lines dropped: more than 1,000 a second$/);
    expect(lines.at(-1)).toMatchObject({ level: "warn", message: "the end" });
  });
});

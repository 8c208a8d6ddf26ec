/** Mistakes in the code of a kind, and the sentence with which each fails the job. */
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createFindKindLine } from "../../../server/engine/run/kind-line.ts";
import { defineJob, type JobContext } from "../../../server/job.ts";
import { backends, openTestBackend } from "../../support/backends.ts";
import { createJob } from "../../support/in-process.ts";
import { readJob } from "../../support/job-row.ts";

type Job = JobContext<"First" | "Second">;
const never = new Promise<never>(() => {});

const mistakes: [title: string, run: (job: Job) => Promise<unknown>, error: string | RegExp][] = [
  [
    "a batch without a cursor",
    (job) =>
      job.step("First", () =>
        job.batches({
          async *from() {
            yield { items: [1] } as never;
          },
        }),
      ),
    /^A batch has no cursor/,
  ],
  [
    "a step that is not awaited",
    async (job) => void job.step("First", () => never).catch(() => {}),
    'run returned while the step "First" was running. Await job.step',
  ],
  [
    "a step within itself",
    (job) => job.step("First", () => job.step("First", async () => {})),
    'The step "First" was started within itself',
  ],
  [
    "a step within another one",
    (job) => job.step("First", () => job.step("Second", async () => {})),
    /^The step "Second" was started while "First" was running/,
  ],
  [
    "batches that are not awaited",
    (job) =>
      job.step("First", async () => {
        const from = async function* () {
          yield await never;
        };
        void job.batches({ from });
      }),
    /^The step "First" ended before job.batches in it did/,
  ],
  [
    "a program that is not awaited",
    async (job) => {
      void job.exec("sleep", ["600"]).catch(() => {});
    },
    "run returned while sleep was running. Await job.exec",
  ],
  [
    "a file that is not awaited",
    (job) =>
      job.step("First", async () => {
        const content = async function* () {
          yield await never;
        };
        void job.file({ name: "late.txt", type: "text/plain" }, content()).catch(() => {});
      }),
    /^The step "First" ended before job.file in it did. Await job.file/,
  ],
  [
    "a scratch file that is not awaited outside of steps",
    async (job) => {
      const content = async function* () {
        yield await never;
      };
      void job.scratch.write("late", content()).catch(() => {});
    },
    "run ended before job.scratch.write in it did. Await job.scratch.write",
  ],
  [
    "an object that is thrown",
    () => Promise.reject({ code: 7 }),
    "The kind threw { code: 7 }, which is no Error",
  ],
  ["null that is thrown", () => Promise.reject(null), "The kind threw null, which is no Error"],
  ["an error without a message", () => Promise.reject(new RangeError()), "RangeError"],
  [
    "a row that is updated outside of a batch",
    (job) => job.db.updateTable("accounts").set({ name: "changed" }).execute(),
    /^The db of a kind only reads/,
  ],
  [
    "a row that raw SQL deletes outside of a batch",
    (job) => sql`delete from accounts`.execute(job.db),
    /^The db of a kind only reads/,
  ],
  [
    "a table that is created outside of a batch",
    (job) => job.db.schema.createTable("mine").addColumn("id", "text").execute(),
    /^The db of a kind only reads/,
  ],
  [
    "a write within a statement that reads",
    (job) =>
      sql`with changed as (update accounts set name = 'changed' returning id) select * from changed`.execute(
        job.db,
      ),
    /^The database reported an error/,
  ],
  [
    "a write in a transaction",
    (job) =>
      job.db.transaction().execute(async (tx) => {
        await sql`/* hidden */ update accounts set name = 'changed'`.execute(tx);
      }),
    /^The database reported an error/,
  ],
];

describe.each(backends)("mistakes on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());

  const jobOf = (run: (job: Job) => Promise<unknown>, more = {}) =>
    createJob(
      opened.backend,
      opened.dir,
      defineJob({
        ...{ title: "", description: "", input: z.object({}), steps: { First: 1, Second: 1 } },
        // Mistakes of the code happen again, so no kind can have them retried.
        ...more,
        async run(job) {
          await run(job);
          return { message: "Done" };
        },
      }),
    );

  test.each(mistakes)("%s fails the job once with a sentence", async (_title, run, error) => {
    const job = await jobOf(run);
    const ended = await job.run();
    expect(ended).toMatchObject({ status: "failed", reason: "error", retries: 0 });
    if (typeof error === "string") expect(ended.error).toBe(error);
    else expect(ended.error).toMatch(error);
    const account = opened.backend.db.selectFrom("accounts").select("name");
    expect(await account.executeTakeFirst()).toEqual({ name: "account-1" });
  });

  test("job.db reads what batches have written", async () => {
    const counts: unknown[] = [];
    const job = await jobOf((context) =>
      context.step("First", async () => {
        const read = () => context.db.selectFrom("accounts").select("contact_count").execute();
        counts.push(await read());
        await context.batches({
          async *from() {
            yield { items: [1], cursor: 1 };
          },
          async write(_items, { db }) {
            await db.updateTable("accounts").set({ contact_count: 5 }).execute();
            return {};
          },
        });
        counts.push(await read());
      }),
    );
    expect((await job.run()).error).toBeNull();
    expect(counts).toEqual([[{ contact_count: 0 }], [{ contact_count: 5 }]]);
  });

  test("a kind cannot have a mistake retried, and its work is stopped", async () => {
    let context: Job | undefined;
    const job = await jobOf(
      async (started) => {
        context = started;
        void started.step("First", () => started.sleep(60_000)).catch(() => {});
      },
      { retryOn: () => true },
    );
    expect(await job.run()).toMatchObject({ status: "failed", retries: 0 });
    expect(context!.signal.aborted).toBe(true);
  });

  test("a cleanup keeps its log lines and files", async () => {
    const job = await createJob(
      opened.backend,
      opened.dir,
      defineJob({
        ...{ title: "", description: "", input: z.object({}), steps: { First: 1 } },
        async run(job) {
          job.log("run");
          throw new Error("no");
        },
        async cleanup(job) {
          job.log("cleanup");
          job.progress(1, 2);
          await job.file({ name: "kept.txt", type: "text/plain" }, "kept");
        },
      }),
    );
    const ended = await job.run();
    expect(ended).toMatchObject({
      status: "failed",
      cleanup_due_at: null,
      log_seq: 2,
      step_done: 0,
    });
    const { db } = opened.backend;
    const lines = await db
      .selectFrom("job_logs")
      .select(["seq", "message"])
      .where("job_id", "=", job.id)
      .orderBy("seq")
      .execute();
    expect(lines).toEqual([
      { seq: 1, message: "run" },
      { seq: 2, message: "cleanup" },
    ]);
    const files = await db
      .selectFrom("files")
      .select("storage_key")
      .where("job_id", "=", job.id)
      .execute();
    expect(files).toHaveLength(1);
    expect(await job.storage.size(files[0]!.storage_key)).toBe(4);
    expect((await readJob(opened.backend, job.id)).status).toBe("failed");
  });
});

test("the place of an error is its innermost line in a folder of kinds", () => {
  const folder = import.meta.dirname;
  const find = createFindKindLine(["/no/such/folder", folder]);
  const inner = new Error("inner");
  expect(find(new Error("outer", { cause: inner }), "none")).toMatch(
    /^run\/guards\.test\.ts, line \d+$/,
  );
  expect(find({ code: 7 }, "guards.test")).toBe(join("run", "guards.test.ts"));
  expect(find({ code: 7 }, "none")).toBeUndefined();
});

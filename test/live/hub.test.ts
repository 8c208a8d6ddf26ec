import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { JobRow } from "../../server/backend/schema.ts";
import { clearMany } from "../../server/engine/bulk.ts";
import { cancel } from "../../server/engine/cancel.ts";
import { finishDone } from "../../server/engine/finish.ts";
import { createJobReader } from "../../server/engine/job-reader.ts";
import type { LogLine } from "../../server/engine/run/log-buffer.ts";
import type { ProgressRow } from "../../server/engine/run/progress-state.ts";
import { progressWriter } from "../../server/engine/run/progress-writer.ts";
import { start } from "../../server/engine/start/start.ts";
import { createFrames } from "../../server/live/frames.ts";
import { createHub, type Hub } from "../../server/live/hub.ts";
import { createMailbox } from "../../server/live/mailbox.ts";
import { parseTopics } from "../../server/live/topics.ts";
import { createRenderer } from "../../server/render.ts";
import { noopCatalog } from "../sample-kinds/noop-catalog.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { readJob } from "../support/job-row.ts";

const viewsDir = join(import.meta.dirname, "../../views");
const render = createRenderer({ viewsDir, strict: true, cache: true });
const log = { info() {}, warn() {}, error() {}, debug() {} };

describe.each(backends)("the hub on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let hub: Hub;
  let delay: Promise<void>;
  let snapshotDelay: Promise<void>;
  let isWorkerMissing: boolean;
  let release: () => void;
  const owner = { accountId: "account-1", userId: "user-1" };

  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());
  beforeEach(() => {
    const { backend } = opened;
    isWorkerMissing = false;
    const catalog = noopCatalog;
    const reader = createJobReader({ backend, catalog, isWorkerMissing: () => isWorkerMissing });
    delay = Promise.resolve();
    snapshotDelay = Promise.resolve();
    const { steps, stepsByJob } = reader;
    reader.steps = (id) => delay.then(() => steps(id));
    reader.stepsByJob = (ids) => snapshotDelay.then(() => stepsByJob(ids));
    const frames = createFrames({ catalog: noopCatalog, render, reader });
    hub = createHub({ backend, reader, log, frames });
  });
  afterEach(() => hub.close());

  /** Makes every read of steps wait until `release` is called. */
  const delaySteps = () => {
    ({ promise: delay, resolve: release } = Promise.withResolvers<void>());
  };

  const startJob = async () =>
    (await start(opened.backend, noopCatalog, { kind: "noop", input: {}, ...owner })).job;

  /** Claims the only job that is due. */
  const claimJob = async (): Promise<JobRow> => (await opened.backend.queue.claim("worker-1"))!;

  const progress = (
    job: JobRow,
    done: number,
    more: Partial<ProgressRow> = {},
    lines: LogLine[] = [],
  ) =>
    progressWriter(opened.backend)(
      [
        {
          ...{
            id: job.id,
            fence: job.fence,
            done,
            total: 100,
            progress: done / 100,
            message: null,
          },
          ...{ at: opened.backend.now(), etaEarliest: null, etaLatest: null, sampled: 0 },
          ...{ waitingUntil: null, waitingFor: null },
          ...more,
        },
      ],
      new Map(lines.length > 0 ? [[job.id, { fence: job.fence, isCleanup: false, lines }]] : []),
    );

  function watch(topics: string, cursors = new Map<string, number>(), userId = owner.userId) {
    const chunks: string[] = [];
    let ended = false;
    const mailbox = createMailbox(
      (chunk) => void chunks.push(Buffer.from(chunk).toString()),
      () => false,
    );
    const leave = hub.watch({
      topics: parseTopics(topics),
      ...{ userId, accountId: owner.accountId },
      cursors,
      mailbox,
      end: () => {
        ended = true;
      },
    });
    return {
      chunks,
      leave,
      ended: () => ended,
      has: (text: string) => vi.waitFor(() => expect(chunks.join("")).toContain(text), 5_000),
      count: (text: string) => chunks.filter((chunk) => chunk.includes(text)).length,
    };
  }

  test("a watcher gets the state of its job, then each change, then the end", async () => {
    const job = await startJob();
    const stream = watch(`job:${job.id}`);
    await stream.has(`id="panel-${job.id}"`);
    const claimed = await claimJob();
    await stream.has("Running");
    await progress(claimed, 42);
    await stream.has("value=0.42>");
    await finishDone(opened.backend, claimed, { message: "All done" });
    await stream.has("All done");
    stream.leave();
  });

  test("a watcher of a waiting job is told that no worker is running, and when one runs again", async () => {
    const job = await startJob();
    const stream = watch(`job:${job.id},row:${job.id}`);
    await stream.has(`id="panel-${job.id}"`);
    const text = "No worker is running: jobs wait";
    expect(stream.count(text)).toBe(0);
    isWorkerMissing = true;
    await stream.has(text);
    isWorkerMissing = false;
    await vi.waitFor(() => expect(stream.chunks.at(-1)).not.toContain(text), 10_000);
    await finishDone(opened.backend, await claimJob(), { message: "Done" });
    stream.leave();
  });

  test("progress sends the small fragment alone, to pages and rows alike", async () => {
    const job = await startJob();
    const claimed = await claimJob();
    const page = watch(`job:${job.id}`);
    const row = watch(`row:${job.id}`);
    await page.has("panel-");
    await row.has(`id="row-${job.id}"`);
    const panels = page.count("panel-");
    await sleep(300);
    await progress(claimed, 7);
    await page.has("value=0.07>");
    await row.has("value=0.07>");
    expect(page.count("panel-")).toBe(panels);
    expect(row.chunks.at(-1)).not.toContain("row-");
    await finishDone(opened.backend, claimed, { message: "Done" });
    page.leave();
    row.leave();
  });

  test("a burst of changes becomes few frames, and the last state always arrives", async () => {
    const job = await startJob();
    const claimed = await claimJob();
    const stream = watch(`job:${job.id}`);
    await stream.has("panel-");
    for (let done = 1; done <= 60; done++) await progress(claimed, done);
    await stream.has("value=0.6>");
    expect(stream.count("progress-")).toBeLessThan(40);
    await finishDone(opened.backend, claimed, { message: "The very end" });
    await stream.has("The very end");
    stream.leave();
  });

  test("a watcher never gets an older version after a newer one", async () => {
    const job = await startJob();
    const claimed = await claimJob();
    const first = watch(`job:${job.id}`);
    for (let done = 1; done <= 20; done++) {
      await progress(claimed, done);
      watch(`job:${job.id}`).leave();
    }
    await finishDone(opened.backend, claimed, { message: "Ended" });
    await first.has("Ended");
    const versions = first.chunks.flatMap((chunk) => {
      const found = /data-version="?(\d+)/.exec(chunk);
      return found ? [Number(found[1])] : [];
    });
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    first.leave();
  });

  test("a watcher gets each log line behind its cursor once", async () => {
    const job = await startJob();
    const claimed = await claimJob();
    const line = (message: string): LogLine => ({ level: "info", message, at: 1 });
    await progress(claimed, 1, {}, [line("first line"), line("second line")]);
    const stream = watch(`job:${job.id}`, new Map([[job.id, 1]]));
    await stream.has("second line");
    expect(stream.count("first line")).toBe(0);
    await progress(claimed, 2, {}, [line("third line")]);
    await stream.has("third line");
    expect(stream.count("second line")).toBe(1);
    expect(stream.chunks.find((chunk) => chunk.includes("third line"))).toMatch(
      new RegExp(`^event:lines\ndata:${job.id} 3 `),
    );
    await finishDone(opened.backend, claimed, { message: "Done" });
    stream.leave();
  });

  test("lines that are broadcast while a watcher joins reach it once", async () => {
    const job = await startJob();
    const claimed = await claimJob();
    const line = (message: string): LogLine => ({ level: "info", message, at: 1 });
    await progress(claimed, 1, {}, [line("first line"), line("second line")]);
    await sleep(200);
    // The broadcast starts before the snapshot is sent, and reads the lines after it.
    delaySteps();
    snapshotDelay = sleep(200);
    const stream = watch(`job:${job.id}`, new Map([[job.id, 1]]));
    await opened.backend.write(async (tx) => tx.notify(job.id));
    await stream.has("second line");
    release();
    await progress(claimed, 2, {}, [line("third line")]);
    await stream.has("third line");
    expect(stream.chunks.join("").match(/(first|second|third) line/g)).toEqual([
      ...["second line", "third line"],
    ]);
    await finishDone(opened.backend, claimed, { message: "Done" });
    stream.leave();
  });

  test("a list announces created jobs of its own account or person and no others", async () => {
    const mine = watch("jobs:mine");
    const job = await startJob();
    await mine.has(`event:new\ndata:${job.id}`);
    const other = await start(opened.backend, noopCatalog, {
      ...{ kind: "noop", input: {}, accountId: "account-1", userId: "user-2" },
    });
    const account = watch("jobs:account");
    await cancel({ backend: opened.backend, catalog: noopCatalog }, other.job.id, "user-2");
    await cancel({ backend: opened.backend, catalog: noopCatalog }, job.id, "user-1");
    const third = await startJob();
    await account.has(third.id);
    expect(mine.count(other.job.id)).toBe(0);
    await cancel({ backend: opened.backend, catalog: noopCatalog }, third.id, "user-1");
    mine.leave();
    account.leave();
  });

  test("a list gets the number of jobs in each status when it has changed, and only then", async () => {
    const person = { accountId: "account-1", userId: "counted" };
    const begin = () => start(opened.backend, noopCatalog, { kind: "noop", input: {}, ...person });
    const first = (await begin()).job;
    const mine = watch("jobs:mine", undefined, person.userId);
    await mine.has('id="counts-mine"');
    await mine.has("1 queued");
    const second = (await begin()).job;
    await mine.has("2 queued");
    const sent = mine.count("counts-mine");
    // Another person's job and a change of anything but a status do not change the counts.
    const other = await startJob();
    await opened.backend.write(async (tx) => tx.notify(first.id));
    await cancel({ backend: opened.backend, catalog: noopCatalog }, second.id, person.userId);
    await mine.has("1 cancelled");
    expect(mine.count("counts-mine")).toBe(sent + 1);
    const context = { backend: opened.backend, catalog: noopCatalog, by: person.userId, since: 0 };
    await clearMany(context, [await readJob(opened.backend, second.id)]);
    await vi.waitFor(() => expect(mine.chunks.at(-1)).not.toContain("cancelled"), 5_000);
    await cancel({ backend: opened.backend, catalog: noopCatalog }, first.id, person.userId);
    await cancel({ backend: opened.backend, catalog: noopCatalog }, other.id, "user-1");
    mine.leave();
  });

  test("a list announces the jobs that were created after its page was rendered", async () => {
    const job = await startJob();
    const since = job.created_at;
    const mine = watch(`jobs:mine:${since}`);
    await mine.has(`event:new\ndata:${job.id}`);
    const later = watch(`jobs:mine:${since + 60_000}`);
    const another = await startJob();
    await later.has(another.id);
    expect(later.count(job.id)).toBe(0);
    await cancel({ backend: opened.backend, catalog: noopCatalog }, job.id, "user-1");
    await cancel({ backend: opened.backend, catalog: noopCatalog }, another.id, "user-1");
    mine.leave();
    later.leave();
  });

  test("a page keeps its steps when other streams watch only the row", async () => {
    const job = await startJob();
    const claimed = await claimJob();
    await opened.backend.db
      .insertInto("job_steps")
      .values({ job_id: job.id, position: 1, name: "Tidying up", weight: 1, status: "waiting" })
      .execute();
    const row = watch(`row:${job.id}`);
    await row.has(`id="row-${job.id}"`);
    const page = watch(`job:${job.id}`);
    await page.has("Tidying up");
    const panels = () => page.chunks.filter((chunk) => chunk.includes("panel-"));
    await vi.waitFor(async () => {
      const rows = opened.backend.db.updateTable("jobs").where("id", "=", job.id);
      await rows.set({ succeeded: 1 }).execute();
      await progress(claimed, panels().length, { done: 1 });
      expect(panels().length).toBeGreaterThan(1);
    }, 10_000);
    for (const panel of panels()) expect(panel).toContain("Tidying up");
    await finishDone(opened.backend, claimed, { message: "Done" });
    row.leave();
    page.leave();
  });

  test("a watcher that joins while log lines are written gets all of them in order", async () => {
    const job = await startJob();
    const claimed = await claimJob();
    const line = (message: string): LogLine => ({ level: "info", message, at: 1 });
    await progress(claimed, 1, {}, [line("first line"), line("second line")]);
    const before = watch(`job:${job.id}`);
    await before.has("second line");
    delaySteps();
    const late = watch(`job:${job.id}`);
    await progress(claimed, 2, {}, [line("third line")]);
    await before.has("third line");
    release();
    await late.has("third line");
    const lines = late.chunks.join("").match(/(first|second|third) line/g);
    expect(lines?.slice(0, 3)).toEqual(["first line", "second line", "third line"]);
    await finishDone(opened.backend, claimed, { message: "Done" });
    before.leave();
    late.leave();
  });

  test("a stream ends with the last of its jobs, and after its snapshot when all were final before", async () => {
    const [first, second] = [await startJob(), await startJob()];
    const both = watch(`job:${first.id},row:${second.id}`);
    await both.has(`id="panel-${first.id}"`);
    await cancel({ backend: opened.backend, catalog: noopCatalog }, first.id, "user-1");
    await both.has("Cancelled");
    expect(both.ended()).toBe(false);
    await cancel({ backend: opened.backend, catalog: noopCatalog }, second.id, "user-1");
    await vi.waitFor(() => expect(both.ended()).toBe(true), 5_000);
    const late = watch(`job:${first.id}`);
    await vi.waitFor(() => expect(late.ended()).toBe(true), 5_000);
    expect(late.chunks.join("")).toContain("Cancelled");
    both.leave();
    late.leave();
  });

  test("a stream does not end before its snapshot was sent", async () => {
    const job = await startJob();
    const { promise, resolve } = Promise.withResolvers<void>();
    snapshotDelay = promise;
    const stream = watch(`job:${job.id}`);
    await cancel({ backend: opened.backend, catalog: noopCatalog }, job.id, "user-1");
    // The end is broadcast, while the snapshot is still read.
    await stream.has("Cancelled");
    await sleep(100);
    expect(stream.ended()).toBe(false);
    resolve();
    await vi.waitFor(() => expect(stream.ended()).toBe(true), 5_000);
    stream.leave();
  });

  test("elapsed time is sent without a write", async () => {
    const job = await startJob();
    const claimed = await claimJob();
    const stream = watch(`job:${job.id}`);
    await stream.has("panel-");
    await vi.waitFor(() => expect(stream.chunks.join("")).toMatch(/<i>[2-4] s</), 5_000);
    await finishDone(opened.backend, claimed, { message: "Done" });
    stream.leave();
  });

  test("a watcher gets nothing more after it has left", async () => {
    const job = await startJob();
    const [leaving, staying] = [watch(`job:${job.id}`), watch(`job:${job.id}`)];
    await leaving.has("panel-");
    await staying.has("panel-");
    leaving.leave();
    const sent = leaving.chunks.length;
    await cancel({ backend: opened.backend, catalog: noopCatalog }, job.id, "user-1");
    await staying.has("Cancelled");
    expect(leaving.chunks).toHaveLength(sent);
    staying.leave();
  });
});

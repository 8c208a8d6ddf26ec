/** The order of reads decides what a stream is sent. Here the test controls when each read ends. */
import { beforeEach, describe, expect, test } from "vitest";
import type { JobRow, LogRow, StepRow } from "../../server/backend/schema.ts";
import type { JobReader } from "../../server/engine/job-reader.ts";
import { type Broadcaster, createBroadcaster } from "../../server/live/broadcaster.ts";
import type { Frames } from "../../server/live/frames.ts";
import { createMailbox } from "../../server/live/mailbox.ts";
import { createSubscriptions, type Watcher } from "../../server/live/subscriptions.ts";
import { jobView } from "../../server/presenters/job.ts";
import { jobRow, runningJob } from "../support/job-row.ts";

const running = jobRow({ ...runningJob(), version: 5, log_seq: 0 });
const { id } = running;
const line = (seq: number): LogRow => {
  return { job_id: id, seq, created_at: 1, level: "info", message: `line ${seq}.` };
};

/** The reads that wait for their end, in their order. */
let logReads: PromiseWithResolvers<LogRow[]>[];
let stepReads: PromiseWithResolvers<StepRow[]>[];
let resultReads: PromiseWithResolvers<string>[];
let clock: number;
let broadcaster: Broadcaster;
let subscriptions: ReturnType<typeof createSubscriptions>;

function waitingIn<T>(reads: PromiseWithResolvers<T>[]): () => Promise<T> {
  return () => {
    const read = Promise.withResolvers<T>();
    reads.push(read);
    return read.promise;
  };
}

beforeEach(() => {
  logReads = [];
  stepReads = [];
  resultReads = [];
  clock = 1_000;
  const reader = { logTail: waitingIn(logReads), steps: waitingIn(stepReads) };
  const readResult = waitingIn(resultReads);
  const versionOf = ({ version, label }: { version: number; label: string }) =>
    `v${version} ${label}`;
  const frames = {
    view: (job: JobRow, steps: readonly StepRow[], now: number) =>
      jobView(job, undefined, steps, now),
    panel: (view: { version: number; label: string }) => `panel ${versionOf(view)}`,
    row: (view: { version: number; label: string }) => `row ${versionOf(view)}`,
    progress: (view: { version: number; label: string }) => `progress ${versionOf(view)}`,
    result: ({ status }: JobRow) => (status === "done" ? readResult() : Promise.resolve("")),
    logLines: (_: string, lines: LogRow[]) => lines.map(({ message }) => message).join(" "),
  };
  broadcaster = createBroadcaster({
    reader: reader as unknown as JobReader,
    frames: frames as unknown as Frames,
    now: () => clock,
  });
  subscriptions = createSubscriptions();
});

/** Adds a watcher of the job's page. @returns it with all that it was sent */
function join(kind: "job" | "row" = "job") {
  const sent: string[] = [];
  const write = (chunk: Uint8Array) => void sent.push(Buffer.from(chunk).toString());
  const watcher: Watcher = {
    topics: [{ kind, id }],
    ...{ userId: "user-1", accountId: "account-1", cursors: new Map() },
    mailbox: createMailbox(write, () => false),
    end() {},
  };
  subscriptions.add(watcher);
  return { watcher, sent, text: () => sent.join("") };
}

const job = () => subscriptions.job(id)!;
const read = (reads: unknown[], count: number) => expect.poll(() => reads.length).toBe(count);

/** Adds a watcher that was sent its snapshot of this row. */
async function joined(row: JobRow = running) {
  const page = join();
  const snapshot = broadcaster.sendSnapshot(page.watcher, job(), row, []);
  await read(logReads, 1);
  logReads.shift()!.resolve([]);
  expect(await snapshot).toBe(true);
  return page;
}

describe("an older row", () => {
  test("is not broadcast after a newer one", async () => {
    const page = await joined();
    const before = page.sent.length;
    clock += 10_000;
    const queued = jobRow({ id, version: 4 });
    expect(broadcaster.broadcast(job(), queued)).toBe(false);
    broadcaster.flush();
    expect(page.sent.slice(before)).toEqual([]);
    expect(job().version).toBe(5);
  });

  test("is not sent as a snapshot if a newer one was broadcast since it was read", async () => {
    await joined();
    const late = join();
    const old = jobRow({ id, version: 4 });
    expect(await broadcaster.sendSnapshot(late.watcher, job(), old, [])).toBe(false);
    expect(late.sent).toEqual([]);
    expect(job().joining.has(late.watcher)).toBe(true);
  });

  test("is not sent as a snapshot if a newer one is broadcast while its result is read", async () => {
    const done = { ...running, status: "done" as const, finished_at: 2_000, version: 6 };
    await joined();
    const late = join();
    const snapshot = broadcaster.sendSnapshot(late.watcher, job(), done, []);
    await read(resultReads, 1);
    // Somebody starts the follow-up that the job offered.
    const broadcast = broadcaster.broadcast(job(), { ...done, version: 7 });
    await read(stepReads, 1);
    stepReads[0]!.resolve([]);
    await read(resultReads, 2);
    resultReads[1]!.resolve("result of v7");
    expect(await broadcast).toBe(false);
    const before = late.sent.length;
    resultReads[0]!.resolve("result of v6");
    expect(await snapshot).toBe(false);
    expect(late.sent.slice(before)).toEqual([]);
    expect(late.text()).toContain("panel v7");
    expect(late.text()).not.toContain("v6");
  });
});

describe("a watcher that joins", () => {
  test("gets a line once that is broadcast in the turn in which it is read", async () => {
    const page = join();
    const snapshot = broadcaster.sendSnapshot(page.watcher, job(), running, []);
    await read(logReads, 1);
    const broadcast = broadcaster.broadcast(job(), { ...running, version: 6, log_seq: 1 });
    await read(logReads, 2);
    logReads[0]!.resolve([]);
    logReads[1]!.resolve([line(1)]);
    await expect.poll(() => logReads.length === 3 || page.text().includes("line 1.")).toBe(true);
    logReads[2]?.resolve([]);
    await Promise.all([snapshot, broadcast]);
    expect(page.text().match(/line 1\./g)).toHaveLength(1);
  });

  test("gets no line of a broadcast, since its snapshot has the same lines", async () => {
    const earlier = await joined();
    const page = join();
    const snapshot = broadcaster.sendSnapshot(page.watcher, job(), running, []);
    await read(logReads, 1);
    const broadcast = broadcaster.broadcast(job(), { ...running, version: 6, log_seq: 2 });
    await read(logReads, 2);
    logReads[1]!.resolve([line(1), line(2)]);
    await broadcast;
    expect(earlier.text()).toContain("line 1. line 2.");
    expect(page.text()).not.toContain("line");
    logReads[0]!.resolve([line(1), line(2)]);
    // The read began before the broadcast, so it is repeated.
    await read(logReads, 3);
    logReads[2]!.resolve([]);
    await snapshot;
    expect(page.text().match(/line \d\./g)).toEqual(["line 1.", "line 2."]);
    expect(job().joining.size).toBe(0);
  });

  test("is not sent again the lines that its snapshot had before they were broadcast", async () => {
    const earlier = await joined();
    const page = join();
    const snapshot = broadcaster.sendSnapshot(page.watcher, job(), running, []);
    await read(logReads, 1);
    logReads[0]!.resolve([line(1), line(2)]);
    await snapshot;
    const broadcast = broadcaster.broadcast(job(), { ...running, version: 6, log_seq: 3 });
    await read(logReads, 2);
    logReads[1]!.resolve([line(1), line(2), line(3)]);
    await broadcast;
    expect(earlier.text().match(/line \d\./g)).toEqual(["line 1.", "line 2.", "line 3."]);
    expect(page.text().match(/line \d\./g)).toEqual(["line 1.", "line 2.", "line 3."]);
    expect(job().ahead.size).toBe(0);
  });

  test("gets lines in the list of its page alone, not in a row", async () => {
    const row = join("row");
    expect(await broadcaster.sendSnapshot(row.watcher, job(), running, [])).toBe(true);
    await broadcaster.broadcast(job(), { ...running, version: 6, log_seq: 1 });
    expect(logReads).toEqual([]);
    expect(row.sent).toEqual(["data:row v5 Running\n\n"]);
  });
});

describe("a failed read", () => {
  test("counts nothing as sent, so that the next broadcast sends it", async () => {
    const page = await joined();
    const failing = broadcaster.broadcast(job(), { ...running, version: 6, log_seq: 1 });
    await read(logReads, 1);
    logReads[0]!.reject(new Error("away"));
    await expect(failing).rejects.toThrow("away");
    clock += 1_000;
    const again = broadcaster.broadcast(job(), { ...running, version: 6, log_seq: 1 });
    await read(logReads, 2);
    logReads[1]!.resolve([line(1)]);
    await again;
    expect(page.text().match(/line 1\./g)).toHaveLength(1);
  });

  test("of a result leaves the panel unsent, so that the end is told once it can be read", async () => {
    const page = await joined();
    const done = { ...running, status: "done" as const, finished_at: 2_000, version: 6 };
    const failing = broadcaster.broadcast(job(), done);
    await read(stepReads, 1);
    stepReads[0]!.resolve([]);
    await read(resultReads, 1);
    resultReads[0]!.reject(new Error("away"));
    await expect(failing).rejects.toThrow("away");
    expect(page.text()).not.toContain("v6");
    expect(job().ended).toBe(false);
    const again = broadcaster.broadcast(job(), done);
    await read(stepReads, 2);
    stepReads[1]!.resolve([]);
    await read(resultReads, 2);
    resultReads[1]!.resolve("the result");
    await again;
    expect(page.sent.slice(-2).map((chunk) => chunk.trim())).toEqual([
      expect.stringMatching(/^data:panel v6/),
      "data:the result",
    ]);
    expect(job().ended).toBe(true);
  });
});

describe("the pace of frames", () => {
  test("a change within 200 ms of the last frame is due later, and the frame is sent then", async () => {
    const page = await joined();
    const before = page.sent.length;
    clock += 199;
    expect(broadcaster.broadcast(job(), { ...running, version: 6 })).toBe(true);
    clock += 1;
    expect(broadcaster.broadcast(job(), { ...running, version: 6 })).toBe(false);
    expect(page.sent.slice(before)).toEqual([]);
    broadcaster.flush();
    expect(page.sent.slice(before)).toEqual(["data:progress v6 Running\n\n"]);
    broadcaster.flush();
    expect(page.sent).toHaveLength(before + 1);
  });

  test("frames are counted once for each mailbox", async () => {
    const before = await joined().then(() => broadcaster.frameCount);
    const row = join("row");
    await broadcaster.sendSnapshot(row.watcher, job(), running, []);
    clock += 200;
    broadcaster.broadcast(job(), { ...running, version: 6 });
    broadcaster.flush();
    expect(broadcaster.frameCount).toBe(before + 3);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEstimator } from "../../../server/engine/eta/estimator.ts";
import type { LogLine } from "../../../server/engine/run/log-buffer.ts";
import type { ProgressRow } from "../../../server/engine/run/progress-state.ts";
import { createProgressTracker } from "../../../server/engine/run/progress-tracker.ts";

/** A tracker with a manual clock that records its writes and their times. */
function setUp() {
  const written: { at: number; rows: ProgressRow[]; lines: LogLine[] }[] = [];
  const errors: unknown[] = [];
  let timers: { at: number; run: () => void }[] = [];
  let now = 1_000_000;
  let clockError = 0;
  let fail: Error | undefined;
  /** Jobs that another run has taken over. */
  const lostJobs = new Set<string>();
  const progress = createProgressTracker({
    async write(rows, logs) {
      if (fail) throw fail;
      const lines = [...logs.values()].flatMap((log) => log.lines);
      written.push({ at: now, rows, lines });
      return [...rows.map(({ id }) => id), ...logs.keys()].filter((id) => lostJobs.has(id));
    },
    now: () => now + clockError,
    elapsed: () => now,
    onError: (error) => errors.push(error),
    after: (ms, run) => timers.push({ at: now + ms, run }),
  });
  /** Advances the clock and runs the timers that become due. */
  async function pass(ms: number): Promise<void> {
    const until = now + ms;
    for (;;) {
      timers.sort((a, b) => a.at - b.at);
      const next = timers[0];
      if (!next || next.at > until) break;
      timers = timers.slice(1);
      now = Math.max(now, next.at);
      next.run();
      await settle();
    }
    now = until;
  }
  return {
    progress,
    written,
    errors,
    pass,
    setClock: (error: number) => {
      clockError = error;
    },
    lostJobs,
    track: (id = "job", onLost?: () => void) => progress.track(id, 1, createEstimator([1]), onLost),
    failWith: (error: Error | undefined) => {
      fail = error;
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const line = (message: string): LogLine => ({ level: "info", message, at: 0 });

describe("the throttle", () => {
  test("the first value is written at once, and a thousand more as one", async () => {
    const { track, written, pass } = setUp();
    const job = track();
    job.set(1, 1_000, null);
    await pass(0);
    expect(written.map(({ rows }) => rows[0]!.done)).toEqual([1]);
    for (let done = 2; done <= 1_000; done++) job.set(done, 1_000, `At ${done}`);
    await pass(99);
    expect(written).toHaveLength(1);
    await pass(1);
    expect(written).toHaveLength(2);
    expect(written[1]!.rows).toMatchObject([{ done: 1_000, message: "At 1000", progress: 1 }]);
    await pass(10_000);
    expect(written).toHaveLength(2);
  });

  test("the tracker never writes twice within the interval and always writes the last value", async () => {
    const written = fc.array(fc.record({ jobs: fc.array(fc.nat(2)), wait: fc.nat(300) }));
    await fc.assert(
      fc.asyncProperty(written, async (moments) => {
        const { track, written, pass } = setUp();
        const jobs = ["a", "b", "c"].map((id) => ({ id, tracked: track(id), last: 0 }));
        for (const { jobs: spoken, wait } of moments) {
          for (const at of spoken) jobs[at]!.tracked.set(++jobs[at]!.last, null, null);
          await pass(wait);
        }
        await pass(100);
        for (const { id, last } of jobs) {
          const rows = written.flatMap(({ rows }) => rows).filter((row) => row.id === id);
          expect(rows.at(-1)?.done ?? 0).toBe(last);
        }
        for (const [n, { at }] of written.entries()) {
          if (n > 0) expect(at - written[n - 1]!.at).toBeGreaterThanOrEqual(100);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.each([-3, 3])(
    "a clock that jumps by %i hours changes neither the pace of writes nor an announced wait",
    async (hours) => {
      const { track, written, pass, setClock } = setUp();
      const jump = hours * 3_600_000;
      const job = track();
      job.wait(20_000, "the service is busy");
      job.set(1, 3, null);
      await pass(0);
      const before = written[0]!.rows[0]!;
      setClock(jump);
      for (let done = 2; done <= 3; done++) {
        job.set(done, 3, null);
        await pass(1_000);
      }
      expect(written.map(({ rows }) => rows[0]!.sampled)).toEqual([1, 0, 1]);
      const after = written[2]!.rows[0]!;
      expect(after.waitingUntil).toBe(before.waitingUntil! + jump);
      expect(after.at).toBe(before.at + jump + 1_000);
    },
  );

  test("all jobs of a runner share one write that is less frequent for many jobs", async () => {
    const { track, written, pass } = setUp();
    const jobs = Array.from({ length: 60 }, (_, n) => track(`job-${n}`));
    for (const job of jobs) job.set(1, null, null);
    await pass(0);
    for (const job of jobs) job.set(2, null, null);
    await pass(249);
    expect(written).toHaveLength(1);
    await pass(1);
    expect(written.map(({ rows }) => rows.length)).toEqual([60, 60]);
  });

  test("only a run that lost its job is notified at the next write", async () => {
    const { track, lostJobs, pass } = setUp();
    const heard: string[] = [];
    const [lost, kept, silent] = ["lost", "kept", "silent"].map((id) =>
      track(id, () => heard.push(id)),
    );
    lostJobs.add("lost").add("silent");
    kept!.set(1, 2, null);
    lost!.set(1, 2, null);
    await pass(0);
    expect(heard).toEqual(["lost"]);
    silent!.log(line("Hello"));
    await pass(100);
    expect(heard).toEqual(["lost", "silent"]);
    lost!.stop();
    track("lost", () => heard.push("again"));
    kept!.set(2, 2, null);
    await pass(100);
    expect(heard).toEqual(["lost", "silent"]);
  });

  test("a stopped job is not written any more", async () => {
    const { track, written, pass } = setUp();
    const job = track();
    job.set(1, null, null);
    job.stop();
    await pass(1_000);
    expect(written).toEqual([]);
  });
});

describe("sampled events", () => {
  test("one value a second and the last of a step are sampled", async () => {
    const { track, written, pass } = setUp();
    const job = track();
    for (let done = 1; done <= 30; done++) {
      job.set(done, 30, null);
      await pass(100);
    }
    const sampled = () => written.flatMap(({ rows }) => rows).filter((row) => row.sampled === 1);
    expect(sampled().map(({ done }) => done)).toEqual([1, 11, 21]);
    job.set(31, 31, null);
    await job.flush();
    expect(sampled().at(-1)?.done).toBe(31);
    const writes = written.length;
    await job.flush();
    expect(written).toHaveLength(writes);
  });

  test("the last value of a step is sampled even if it was already written", async () => {
    const { track, written, pass } = setUp();
    const job = track();
    job.set(1, 2, null);
    await pass(100);
    job.set(2, 2, null);
    await pass(200);
    expect(written.flatMap(({ rows }) => rows).map(({ sampled }) => sampled)).toEqual([1, 0]);
    await job.flush();
    expect(written.at(-1)!.rows).toMatchObject([{ done: 2, sampled: 1 }]);
    await job.flush();
    expect(written).toHaveLength(3);
  });

  test("every log line is written in order", async () => {
    const { track, written, pass } = setUp();
    const job = track();
    for (let n = 0; n < 5; n++) {
      job.log(line(`line ${n}`));
      await pass(n % 2 ? 200 : 0);
    }
    await pass(200);
    const lines = written.flatMap(({ lines }) => lines.map(({ message }) => message));
    expect(lines).toEqual(["line 0", "line 1", "line 2", "line 3", "line 4"]);
  });
});

describe("an unavailable database", () => {
  test("the tracker keeps the newest value and all lines until the database is back", async () => {
    const { track, written, errors, pass, failWith } = setUp();
    const job = track();
    failWith(new Error("away"));
    job.set(1, null, null);
    job.log(line("first"));
    await pass(1_000);
    expect(errors.length).toBeGreaterThan(1);
    expect(written).toEqual([]);
    job.set(2, null, null);
    job.log(line("second"));
    await pass(500);
    failWith(undefined);
    await pass(100);
    expect(written).toHaveLength(1);
    expect(written[0]!.rows).toMatchObject([{ done: 2 }]);
    expect(written[0]!.lines.map(({ message }) => message)).toEqual(["first", "second"]);
  });

  test("flush rejects if the last value cannot be written", async () => {
    const { track, failWith } = setUp();
    const job = track();
    failWith(new Error("away"));
    job.set(1, null, null);
    await expect(job.flush()).rejects.toThrow("away");
  });

  test("a sampled value that could not be written is sampled again", async () => {
    const { track, written, failWith } = setUp();
    const job = track();
    failWith(new Error("away"));
    job.set(1, 2, null);
    await expect(job.flush()).rejects.toThrow("away");
    failWith(undefined);
    await job.flush();
    expect(written.at(-1)?.rows).toMatchObject([{ done: 1, sampled: 1 }]);
    await job.flush();
    expect(written).toHaveLength(1);
  });

  test("a value that was not sampled is written again without an event", async () => {
    const { track, written, pass, failWith } = setUp();
    const job = track();
    job.set(1, 9, null);
    await pass(100);
    failWith(new Error("away"));
    job.set(2, 9, null);
    await pass(200);
    failWith(undefined);
    await pass(200);
    expect(written.map(({ rows }) => rows[0])).toMatchObject([
      { done: 1, sampled: 1 },
      { done: 2, sampled: 0 },
    ]);
  });
});

test("a line of a stopped run is neither written nor awaited", async () => {
  const { track, written } = setUp();
  const job = track();
  job.stop();
  job.log(line("late"));
  await job.flush();
  expect(written).toEqual([]);
});

test("a job with values of wrong types does not prevent the writes of other jobs", async () => {
  const { track, written, errors, pass } = setUp();
  const invalid = track("odd");
  invalid.set(5n as never, 10n as never, 5 as never);
  invalid.wait(9_000, 7 as never);
  track("well").set(1, 2, null);
  await pass(100);
  expect(errors).toEqual([]);
  const sanitized = { done: 5, total: 10, message: "5", waitingFor: "7" };
  expect(written[0]!.rows).toMatchObject([sanitized, { done: 1 }]);
});

test("the progress of a step becomes a share of the whole job", async () => {
  const { track, written, pass } = setUp();
  const job = track();
  const toJobProgress = (fraction: number | null) =>
    fraction === null ? null : 0.5 + fraction / 2;
  job.startStep({ position: 0, toJobProgress });
  job.set(5, 10, null);
  await pass(100);
  job.set(5, null, null);
  await pass(100);
  job.set(50, 10, null);
  await pass(100);
  expect(written.map(({ rows }) => rows[0]!.progress)).toEqual([0.75, null, 1]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEstimator, type JobHistory } from "../../../server/engine/eta/estimator.ts";
import { measureShares } from "../../../server/engine/eta/step-shares.ts";

const unknown: JobHistory = { past: [], size: null, stepMs: [], samples: [], shares: null };

/** @returns an estimator of a job with one step, with ten observations a second until `until`, ms */
function observedUntil(until: number, doneAt: (ms: number) => number, total = 1_000) {
  const estimator = createEstimator([1]);
  estimator.startStep(0, 0, 0);
  for (let at = 100; at <= until; at += 100) estimator.observe(at, doneAt(at), total);
  return estimator;
}

/** @returns the middle of the estimated range, ms */
function remaining(estimator: ReturnType<typeof createEstimator>, at: number): number {
  const { from, to } = estimator.estimate(at)!;
  return (from + to) / 2;
}

/** Matches numbers within a relative tolerance. */
function about(value: number, share = 0.05) {
  return {
    asymmetricMatch: (other: number) => Math.abs(other - value) <= value * share,
    toString: () => `about ${value}`,
  };
}

describe("the estimate of one step", () => {
  test("a steady rate gives an error below 5 % at any rate and any time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20_000, max: 20_000_000 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (whole, share) => {
          const at = Math.min(60_000, Math.max(5_000, Math.floor((whole * share) / 100) * 100));
          const { from, to } = observedUntil(at, (ms) => ms / whole, 1).estimate(at)!;
          expect(from).toBeGreaterThanOrEqual((whole - at) * 0.95);
          expect(to).toBeLessThanOrEqual((whole - at) * 1.05);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("a slow start does not affect a later estimate", () => {
    // One percent in the first minute, then one percent a second.
    const doneAt = (ms: number) => (ms < 60_000 ? ms / 6_000 : 10 + (ms - 60_000) / 100);
    expect(remaining(observedUntil(95_000, doneAt), 95_000)).toEqual(about(64_000, 0.1));
  });

  test("a rising time per item is extrapolated", () => {
    const doneAt = (ms: number) => 1_000 * Math.sqrt(ms / 100_000);
    expect(remaining(observedUntil(25_000, doneAt), 25_000)).toEqual(about(75_000));
    expect(remaining(observedUntil(50_000, doneAt), 50_000)).toEqual(about(50_000));
  });

  test("recurring pauses and the rest of the current pause count as remaining time", () => {
    // A hundred items in one second, then a pause of four seconds.
    const doneAt = (ms: number) =>
      Math.floor(ms / 5_000) * 100 + Math.min(100, Math.floor((ms % 5_000) / 10));
    const end = 46_000;
    for (const at of [18_000, 21_000, 23_500, 31_000]) {
      expect(remaining(observedUntil(at, doneAt), at)).toEqual(about(end - at));
    }
  });

  test("a single long pause is not expected to recur", () => {
    const doneAt = (ms: number) => (ms < 10_000 ? ms : Math.max(10_000, ms - 20_000)) / 100;
    expect(remaining(observedUntil(60_000, doneAt), 60_000)).toEqual(about(60_000));
  });

  test("an announced wait is expected to recur after its first occurrence", () => {
    const estimator = createEstimator([1]);
    estimator.startStep(0, 0, 0);
    // Ten items a second; the limit is a hundred a minute.
    for (let at = 100; at <= 10_000; at += 100) estimator.observe(at, at / 100, 300);
    estimator.setWait(10_000, 60_000);
    expect(remaining(estimator, 12_000)).toEqual(about(118_000));
    estimator.setWait(60_000, null);
    for (let at = 60_100; at <= 65_000; at += 100) {
      estimator.observe(at, 100 + (at - 60_000) / 100, 300);
    }
    expect(remaining(estimator, 65_000)).toEqual(about(65_000));
  });

  test("the estimate decreases during a gap of usual length", () => {
    const estimator = createEstimator([1]);
    estimator.startStep(0, 0, 0);
    for (let at = 2_000; at <= 20_000; at += 2_000) estimator.observe(at, at / 2_000, 50);
    expect(remaining(estimator, 20_000) - remaining(estimator, 21_500)).toEqual(about(1_500));
  });
});

describe("the estimate of several steps", () => {
  const past = [1, 2, 3].map(() => ({
    ms: 40_000,
    size: 1_000,
    steps: [
      { ms: 10_000, total: 1_000 },
      { ms: 30_000, total: 50 },
    ],
  }));

  test("a later step takes its past duration, not its weight", () => {
    const estimator = createEstimator([4, 6]);
    estimator.startStep(0, 0, 0);
    estimator.setHistory({ ...unknown, past, size: 1_000 });
    expect(remaining(estimator, 0)).toEqual(about(40_000));
    for (let at = 100; at <= 5_000; at += 100) estimator.observe(at, at / 10, 1_000);
    expect(remaining(estimator, 5_000)).toEqual(about(35_000));
  });

  test("a job of twice the size takes twice as long", () => {
    const estimator = createEstimator([4, 6]);
    estimator.startStep(0, 0, 0);
    estimator.setHistory({ ...unknown, past, size: 2_000 });
    expect(remaining(estimator, 0)).toEqual(about(80_000));
  });

  test("a job that is slower than past ones stays slower in later steps", () => {
    const estimator = createEstimator([4, 6]);
    estimator.startStep(0, 0, 0);
    estimator.setHistory({ ...unknown, past, size: 1_000 });
    for (let at = 100; at <= 18_000; at += 100) estimator.observe(at, at / 20, 1_000);
    expect(remaining(estimator, 18_000)).toEqual(about(62_000, 0.1));
  });

  test("a job without history shows a wide range by the declared shares, from its first tenth on", () => {
    const estimator = createEstimator([4, 6]);
    estimator.startStep(0, 0, 0);
    for (let at = 100; at <= 2_500; at += 100) estimator.observe(at, at / 10, 1_000);
    const { from, to } = estimator.estimate(2_500)!;
    expect((from + to) / 2).toEqual(about(22_500));
    expect(to / from).toBeGreaterThan(1.4);
    for (let at = 2_600; at <= 10_000; at += 100) estimator.observe(at, at / 10, 1_000);
    // The second step is three times as slow as its share.
    estimator.startStep(10_000, 1, 0);
    expect(remaining(estimator, 10_100)).toEqual(about(15_000));
    for (let at = 10_100; at <= 22_000; at += 100) {
      estimator.observe(at, (at - 10_000) / 225, 200);
      estimator.estimate(at);
    }
    expect(remaining(estimator, 22_000)).toEqual(about(33_000));
  });

  test("a first step that is a small part of the job says nothing about the others", () => {
    const estimator = createEstimator([1, 19]);
    estimator.startStep(0, 0, 0);
    for (let at = 100; at <= 5_000; at += 100) estimator.observe(at, at / 10, 1_000);
    expect(estimator.estimate(5_000)).toBeNull();
  });

  test("a job without past jobs takes the shares that other jobs had on this machine", () => {
    const estimator = createEstimator([4, 6]);
    estimator.startStep(0, 0, 0);
    const steps = [
      { ms: 2_000, total: null },
      { ms: 8_000, total: null },
    ];
    const shares = measureShares([{ ms: 10_000, size: null, steps }], 2);
    estimator.setHistory({ ...unknown, shares });
    for (let at = 100; at <= 5_000; at += 100) estimator.observe(at, at / 10, 1_000);
    expect(remaining(estimator, 5_000)).toEqual(about(45_000));
  });

  test("a later step is scaled to the total that the job expects, not to the size of its input", () => {
    const estimator = createEstimator([4, 6]);
    estimator.startStep(0, 0, 0);
    estimator.setHistory({ ...unknown, past, size: 1_000 });
    estimator.expect(1, 100);
    for (let at = 100; at <= 5_000; at += 100) estimator.observe(at, at / 10, 1_000);
    // Twice the items of the past jobs: 60 s instead of 30.
    expect(remaining(estimator, 5_000)).toEqual(about(65_000));
  });

  test("past jobs of a very different size give the shares of the steps", () => {
    const estimator = createEstimator([4, 6]);
    estimator.startStep(0, 0, 0);
    estimator.setHistory({ ...unknown, past, size: 1_000_000 });
    for (let at = 100; at <= 50_000; at += 100) estimator.observe(at, at * 2, 1_000_000);
    expect(remaining(estimator, 50_000)).toEqual(about(1_950_000, 0.1));
  });

  test("a step that announced a wait lasts at least as long, and so does the job", () => {
    const estimator = createEstimator([1, 1]);
    estimator.startStep(0, 0, 0);
    const short = past.map(() => ({
      ms: 8_500,
      size: null,
      steps: [
        { ms: 3_500, total: null },
        { ms: 5_000, total: null },
      ],
    }));
    estimator.setHistory({ ...unknown, past: short });
    estimator.setWait(1_000, 46_000);
    expect(remaining(estimator, 3_000)).toBeGreaterThanOrEqual(43_000 + 5_000);
  });

  test("a step without a total is estimated from past jobs", () => {
    const estimator = createEstimator([1]);
    estimator.startStep(0, 0, 0);
    const one = past.map(({ ms }) => ({ ms, size: null, steps: [{ ms, total: null }] }));
    estimator.setHistory({ ...unknown, past: one });
    for (let at = 100; at <= 10_000; at += 100) estimator.observe(at, at, null);
    expect(remaining(estimator, 10_000)).toEqual(about(30_000));
  });
});

describe("the estimate of a continued job", () => {
  test("waits of an earlier run do not count twice", () => {
    // One item a second, mostly spent in announced waits; the earlier run does not record its waits.
    const earlier = Array.from({ length: 101 }, (_, n) => ({ at: n * 1_000, done: n, waited: 0 }));
    const estimator = createEstimator([1]);
    estimator.startStep(0, 0, 100);
    estimator.setHistory({ ...unknown, samples: earlier });
    for (let at = 0; at < 20_000; at += 1_000) {
      estimator.setWait(at, at + 990);
      estimator.setWait(at + 990, null);
      estimator.observe(at + 1_000, 101 + at / 1_000, 400);
    }
    expect(remaining(estimator, 20_000)).toEqual(about(280_000));
  });

  test("samples of earlier runs count without lost work and without the time between runs", () => {
    const estimator = createEstimator([1]);
    const at = 500_000;
    estimator.startStep(at, 0, 200);
    const earlier = Array.from({ length: 31 }, (_, n) => ({
      ...{ at: n * 1_000, done: n * 10, waited: 0 },
    }));
    estimator.setHistory({ ...unknown, samples: earlier });
    estimator.observe(at + 100, 201, 1_000);
    // Ten a second, and 800 are left.
    expect(remaining(estimator, at + 100)).toEqual(about(80_000));
  });

  test("repeated work after a setback does not lower the speed", () => {
    const estimator = observedUntil(30_000, (ms) => ms / 100);
    for (let at = 30_100; at <= 40_000; at += 100) {
      estimator.observe(at, 100 + (at - 30_000) / 100, 1_000);
    }
    expect(remaining(estimator, 40_000)).toEqual(about(80_000));
  });
});

describe("the estimator shows no estimate", () => {
  test("it returns null before the first step and during the first three seconds", () => {
    expect(createEstimator([1]).estimate(0)).toBeNull();
    expect(observedUntil(2_900, (ms) => ms / 40).estimate(2_900)).toBeNull();
    expect(observedUntil(3_900, (ms) => ms / 40).estimate(3_900)).not.toBeNull();
  });

  test("a step that is done in seconds shows an estimate after its first quarter", () => {
    expect(observedUntil(200, (ms) => ms).estimate(200)).toBeNull();
    expect(
      remaining(
        observedUntil(300, (ms) => ms),
        300,
      ),
    ).toEqual(about(700));
  });

  test("it returns null after an unusually long silence", () => {
    const estimator = observedUntil(30_000, (ms) => Math.min(ms, 20_000) / 100);
    expect(estimator.estimate(27_000)).not.toBeNull();
    expect(estimator.estimate(30_000)).toBeNull();
  });

  test("it returns null once a step exceeds its past duration", () => {
    const estimator = createEstimator([1]);
    estimator.startStep(0, 0, 0);
    const past = [{ ms: 10_000, size: null, steps: [{ ms: 10_000, total: null }] }];
    estimator.setHistory({ ...unknown, past });
    expect(estimator.estimate(5_000)).not.toBeNull();
    expect(estimator.estimate(11_000)).toBeNull();
  });
});

test("a noisy rate moves the smoothed end by less than three seconds per second", () => {
  // A steady rate with 50 % of noise.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const estimator = createEstimator([1]);
  estimator.startStep(0, 0, 0);
  let done = 0;
  let before: number | undefined;
  for (let at = 100; at <= 90_000; at += 100) {
    done += 0.5 + random();
    estimator.observe(at, done, 1_000);
    if (at < 10_000 || at % 1_000 !== 0) continue;
    const end = at + remaining(estimator, at);
    if (before !== undefined) expect(Math.abs(end - before)).toBeLessThan(3_000);
    before = end;
  }
});

test("an announced wait that is too short for a pause keeps the estimate finite", () => {
  const past = { ms: 60_000, size: null, steps: [{ ms: 60_000, total: 1_000 }] };
  const estimator = observedUntil(10_000, (ms) => ms / 60);
  estimator.setHistory({ ...unknown, past: [past] });
  estimator.setWait(10_000, 10_900);
  expect(remaining(estimator, 10_000)).toEqual(about(50_900));
  estimator.setWait(10_900, null);
  estimator.observe(11_000, 170, 1_000);
  expect(remaining(estimator, 11_000)).toEqual(about(50_000));
});

test("the range is never negative, inverted or infinite", () => {
  const callValues = fc.record({
    wait: fc.nat(5_000),
    done: fc.nat(1_000),
    total: fc.option(fc.nat(1_000)),
    what: fc.constantFrom("observe", "wait", "go on", "step"),
  });
  fc.assert(
    fc.property(fc.array(callValues), fc.nat(100_000), (calls, later) => {
      const estimator = createEstimator([1, 2, 0]);
      estimator.startStep(0, 0, 0);
      let at = 0;
      let step = 0;
      for (const { wait, done, total, what } of calls) {
        at += wait;
        if (what === "observe") estimator.observe(at, done, total);
        else if (what === "wait") estimator.setWait(at, at + done * 10);
        else if (what === "go on") estimator.setWait(at, null);
        else if (step < 2) estimator.startStep(at, ++step, 0);
        check(estimator.estimate(at));
      }
      check(estimator.estimate(at + later));
    }),
    { numRuns: 300 },
  );

  function check(expected: { from: number; to: number } | null): void {
    if (!expected) return;
    expect(expected.from).toBeGreaterThanOrEqual(0);
    expect(expected.to).toBeGreaterThanOrEqual(expected.from);
    expect(Number.isFinite(expected.to)).toBe(true);
  }
});

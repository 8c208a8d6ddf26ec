import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEstimator } from "../../../server/jobs/run/estimate.ts";

/** @returns an estimator that saw `fractionAt` ten times a second until `until`, ms */
function seen(until: number, fractionAt: (ms: number) => number) {
  const estimator = createEstimator();
  for (let at = 0; at <= until; at += 100) estimator.observe(at, fractionAt(at));
  return estimator;
}

describe("how long it takes", () => {
  test("at a steady rate it is right within 5 %, whatever the rate and the moment", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20_000, max: 20_000_000 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (whole, share) => {
          const at = Math.min(60_000, Math.max(5_000, Math.floor((whole * share) / 100) * 100));
          const { from, to } = seen(at, (ms) => ms / whole).expect(at)!;
          const left = whole - at;
          expect(from).toBeGreaterThanOrEqual(left * 0.95);
          expect(to).toBeLessThanOrEqual(left * 1.05);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("a slow start is forgotten", () => {
    // One percent in the first minute, then one percent a second.
    const fractionAt = (ms: number) =>
      ms < 60_000 ? ms / 6_000_000 : 0.01 + (ms - 60_000) / 100_000;
    const { from, to } = seen(95_000, fractionAt).expect(95_000)!;
    const left = 64_000;
    expect(from).toBeGreaterThan(left * 0.9);
    expect(to).toBeLessThan(left * 1.1);
  });

  test("a rate that changes gives a range that holds both", () => {
    const fractionAt = (ms: number) => (ms < 10_000 ? ms / 100_000 : 0.1 + (ms - 10_000) / 200_000);
    const { from, to } = seen(20_000, fractionAt).expect(20_000)!;
    expect(from).toBeLessThan(85_000);
    expect(to).toBeGreaterThan(165_000);
  });

  test("time that passes without news is taken off", () => {
    const estimator = seen(10_000, (ms) => ms / 100_000);
    expect(estimator.expect(10_000)!.to - estimator.expect(14_000)!.to).toBeCloseTo(4_000, 3);
  });
});

describe("nothing is said", () => {
  test("before anything, and in the first three seconds", () => {
    expect(createEstimator().expect(0)).toBeNull();
    expect(seen(2_900, (ms) => ms / 10_000).expect(2_900)).toBeNull();
    expect(seen(3_000, (ms) => ms / 10_000).expect(3_000)).not.toBeNull();
  });

  test("when it has stood still for as long as the estimate looks back", () => {
    const estimator = seen(80_000, (ms) => Math.min(ms, 20_000) / 100_000);
    expect(estimator.expect(80_000)).toBeNull();
  });

  test("when it was set back and begins anew", () => {
    const estimator = seen(10_000, (ms) => ms / 20_000);
    estimator.observe(10_100, 0.1);
    expect(estimator.expect(10_100)).toBeNull();
  });
});

test("what is left is never below nothing", () => {
  const moment = fc.record({
    wait: fc.nat(5_000),
    step: fc.double({ min: 0, max: 0.1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(moment), fc.nat(100_000), (moments, later) => {
      const estimator = createEstimator();
      let at = 0;
      let fraction = 0;
      for (const { wait, step } of moments) {
        at += wait;
        fraction = Math.min(1, fraction + step);
        estimator.observe(at, fraction);
      }
      const expected = estimator.expect(at + later);
      if (!expected) return;
      expect(expected.from).toBeGreaterThanOrEqual(0);
      expect(expected.to).toBeGreaterThanOrEqual(expected.from);
      expect(Number.isFinite(expected.to)).toBe(true);
    }),
  );
});

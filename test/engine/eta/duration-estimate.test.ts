import { describe, expect, test } from "vitest";
import {
  estimateDuration,
  estimateStepDuration,
} from "../../../server/engine/eta/duration-estimate.ts";
import { computeStartTimes } from "../../../server/engine/eta/start-times.ts";

const job = (ms: number, size: number | null = null, total: number | null = null) => ({
  ...{ ms, size, steps: [{ ms: ms / 4, total }, null] },
});

describe("what jobs of the past took", () => {
  test("is their median, and where the middle half of them lies", () => {
    const past = [10, 20, 30, 40, 1_000].map((ms) => job(ms));
    expect(estimateDuration(past, null)).toMatchObject({ ms: 30, from: 20, to: 40 });
    expect(estimateDuration([], null)).toBeNull();
  });

  test("is scaled from those about as large; where there are none, from those not too far away", () => {
    const past = [job(100, 1_000), job(5_000, 100_000)];
    expect(estimateDuration(past, 2_000)).toMatchObject({ ms: 200, from: 200, to: 200 });
    expect(estimateDuration(past, 50_000)).toMatchObject({ ms: 2_500 });
    expect(estimateDuration(past, 10_000)).toMatchObject({ from: 312.5, to: 1_750 });
    expect(estimateDuration(past, 50_000_000)).toBeNull();
    expect(estimateDuration([job(100)], 2_000)).toBeNull();
  });

  test("of a step goes by its total, once that is told, else by the size of the job", () => {
    const past = [job(400, 1_000, 50)];
    expect(estimateStepDuration(past, 0, { total: 100, size: 1_000 })?.ms).toBe(200);
    expect(estimateStepDuration(past, 0, { total: null, size: 2_000 })?.ms).toBe(200);
    expect(estimateStepDuration(past, 1, { total: null, size: 1_000 })).toBeNull();
    expect(estimateStepDuration(past, 7, { total: null, size: 1_000 })).toBeNull();
  });

  test("of few jobs is less sure", () => {
    const one = estimateDuration([job(10)], null)!;
    const ten = estimateDuration(Array(10).fill(job(10)), null)!;
    expect(ten.uncertainty).toBeLessThan(one.uncertainty);
  });
});

describe("those in line", () => {
  test("begin as places become free, in their order", () => {
    expect(computeStartTimes([60, 20], [10, 100, 5, 5], 2)).toEqual([20, 30, 60, 65]);
  });

  test("behind what nobody knows begin nobody knows when", () => {
    expect(computeStartTimes([null, 20], [null, 5], 2)).toEqual([20, null]);
    expect(computeStartTimes([null], [5], 1)).toEqual([null]);
  });

  test("begin at once where a place is free", () => {
    expect(computeStartTimes([60], [10, 10, 10], 2)).toEqual([0, 10, 20]);
  });
});

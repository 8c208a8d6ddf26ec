import { describe, expect, test } from "vitest";
import {
  estimateDuration,
  estimateStepDuration,
} from "../../../server/engine/eta/duration-estimate.ts";

const job = (ms: number, size: number | null = null, total: number | null = null) => ({
  ...{ ms, size, steps: [{ ms: ms / 4, total }, null] },
});

describe("the estimated duration", () => {
  test("the estimate is the median and the interquartile range of past jobs", () => {
    const past = [10, 20, 30, 40, 1_000].map((ms) => job(ms));
    expect(estimateDuration(past, null)).toMatchObject({ ms: 30, from: 20, to: 40 });
    expect(estimateDuration([], null)).toBeNull();
  });

  test("the estimate scales with size, first from similar jobs and else from comparable ones", () => {
    const past = [job(100, 1_000), job(5_000, 100_000)];
    expect(estimateDuration(past, 2_000)).toMatchObject({ ms: 200, from: 200, to: 200 });
    expect(estimateDuration(past, 50_000)).toMatchObject({ ms: 2_500 });
    expect(estimateDuration(past, 10_000)).toMatchObject({ from: 312.5, to: 1_750 });
    expect(estimateDuration(past, 50_000_000)).toBeNull();
    expect(estimateDuration([job(100)], 2_000)).toBeNull();
  });

  test("the estimate of a step scales with its total, or else with the size of the job", () => {
    const past = [job(400, 1_000, 50)];
    expect(estimateStepDuration(past, 0, { total: 100, size: 1_000 })?.ms).toBe(200);
    expect(estimateStepDuration(past, 0, { total: null, size: 2_000 })?.ms).toBe(200);
    expect(estimateStepDuration(past, 1, { total: null, size: 1_000 })).toBeNull();
    expect(estimateStepDuration(past, 7, { total: null, size: 1_000 })).toBeNull();
  });

  test("a past step of any size serves, and the less similar its size the less certain it is", () => {
    const past = (total: number) => [job(4_000, null, total)];
    const of = (total: number) => estimateStepDuration(past(total), 0, { total: 100, size: null })!;
    expect(of(1).ms).toBe(100_000);
    expect(of(10_000).ms).toBe(10);
    expect(of(5).uncertainty).toBeGreaterThan(of(30).uncertainty);
    expect(of(1).uncertainty).toBeGreaterThan(of(5).uncertainty);
    // Of two the more similar one counts.
    const both = [...past(1), ...past(50)];
    expect(estimateStepDuration(both, 0, { total: 100, size: null })!.ms).toBe(2_000);
  });

  test("a short past step is a poor measure of a long one, because its fixed costs count too", () => {
    const short = estimateStepDuration([job(400, null, 10)], 0, { total: 100, size: null })!;
    const long = estimateStepDuration([job(40_000, null, 10)], 0, { total: 100, size: null })!;
    expect(short.uncertainty).toBeGreaterThan(long.uncertainty + 0.5);
  });

  test("a small sample has a larger uncertainty", () => {
    const one = estimateDuration([job(10)], null)!;
    const ten = estimateDuration(Array(10).fill(job(10)), null)!;
    expect(ten.uncertainty).toBeLessThan(one.uncertainty);
  });
});

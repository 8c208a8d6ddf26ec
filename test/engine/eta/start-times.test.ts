import { describe, expect, test } from "vitest";
import { computeStartTimes } from "../../../server/engine/eta/start-times.ts";

describe("the start times of queued jobs", () => {
  test("queued jobs start in their order as slots become free", () => {
    expect(computeStartTimes([60, 20], [10, 100, 5, 5], 2)).toEqual([20, 30, 60, 65]);
  });

  test("a job behind an unknown duration has no start time", () => {
    expect(computeStartTimes([null, 20], [null, 5], 2)).toEqual([20, null]);
    expect(computeStartTimes([null], [5], 1)).toEqual([null]);
  });

  test("a job starts at once in a free slot", () => {
    expect(computeStartTimes([60], [10, 10, 10], 2)).toEqual([0, 10, 20]);
  });
});

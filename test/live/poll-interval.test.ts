import { expect, test } from "vitest";
import type { Status } from "../../server/engine/status.ts";
import { pollInterval } from "../../server/live/poll-interval.ts";

const now = 1_000_000_000;
const job = (changes: Partial<Parameters<typeof pollInterval>[0]> = {}) => ({
  status: "running" as Status,
  run_at: now - 3_600_000,
  created_at: now - 3_600_000,
  started_at: now,
  ...changes,
});

test.each([
  [0, 1],
  [15_000, 1],
  [60_000, 4],
  [300_000, 20],
  [450_000, 30],
  [86_400_000, 30],
])("a job that started %i ms ago is polled every %i s", (age, seconds) => {
  expect(pollInterval(job({ started_at: now - age }), now)).toBe(seconds);
});

test("the age of a job that has not started counts from its creation", () => {
  const queued = job({ status: "queued", started_at: null, created_at: now - 60_000 });
  expect(pollInterval(queued, now)).toBe(4);
});

test("a job that is due later is polled when it is due", () => {
  const due = (ms: number) => job({ status: "queued", started_at: null, run_at: now + ms });
  expect(pollInterval(due(12_001), now)).toBe(13);
  expect(pollInterval(due(500), now)).toBe(1);
  expect(pollInterval(due(86_400_000), now)).toBe(30);
});

test.each(["done", "failed", "cancelled"] as const)(
  "a job that is %s ends the polling",
  (status) => {
    expect(pollInterval(job({ status }), now)).toBeNull();
  },
);

test("a caller can raise the minimum interval", () => {
  expect(pollInterval(job(), now, 2)).toBe(2);
  expect(pollInterval(job({ started_at: now - 60_000 }), now, 2)).toBe(4);
});

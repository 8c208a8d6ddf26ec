import { expect, test } from "vitest";
import {
  finalStatuses,
  isFinal,
  type Status,
  sourcesOf,
  statuses,
  transitions,
} from "../../server/engine/status.ts";

test("a job ends in one of three ways, and nothing leads out of an end", () => {
  expect(finalStatuses).toEqual(["done", "failed", "cancelled"]);
  for (const status of statuses) expect(isFinal(status)).toBe(finalStatuses.includes(status));
  for (const status of finalStatuses) expect(transitions[status]).toEqual([]);
});

test("every status can be reached from the first, and an end from every status", () => {
  const reachable = (from: Status, seen = new Set<Status>()): Set<Status> => {
    if (seen.has(from)) return seen;
    seen.add(from);
    for (const to of transitions[from]) reachable(to, seen);
    return seen;
  };
  expect([...reachable("queued")].sort()).toEqual([...statuses].sort());
  for (const status of statuses) expect([...reachable(status)].some(isFinal)).toBe(true);
});

test("sources are the transitions read backwards", () => {
  for (const from of statuses) {
    for (const to of statuses) {
      expect(sourcesOf(to).includes(from)).toBe(transitions[from].includes(to));
    }
  }
});

test("only a running job succeeds, and only a waiting one begins to run", () => {
  expect(sourcesOf("done")).toEqual(["running"]);
  expect(sourcesOf("running")).toEqual(["queued"]);
});

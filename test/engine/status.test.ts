import { expect, test } from "vitest";
import {
  finalStatuses,
  isFinal,
  type Status,
  sourcesOf,
  statuses,
  transitions,
} from "../../server/engine/status.ts";

test("a final status is done, failed or cancelled and has no transitions", () => {
  expect(finalStatuses).toEqual(["done", "failed", "cancelled"]);
  for (const status of statuses) expect(isFinal(status)).toBe(finalStatuses.includes(status));
  for (const status of finalStatuses) expect(transitions[status]).toEqual([]);
});

test("every status is reachable from queued and reaches a final status", () => {
  const reachable = (from: Status, seen = new Set<Status>()): Set<Status> => {
    if (seen.has(from)) return seen;
    seen.add(from);
    for (const to of transitions[from]) reachable(to, seen);
    return seen;
  };
  expect([...reachable("queued")].sort()).toEqual([...statuses].sort());
  for (const status of statuses) expect([...reachable(status)].some(isFinal)).toBe(true);
});

test("sourcesOf is the inverse of transitions", () => {
  for (const from of statuses) {
    for (const to of statuses) {
      expect(sourcesOf(to).includes(from)).toBe(transitions[from].includes(to));
    }
  }
});

test("only a running job becomes done, and only a queued job becomes running", () => {
  expect(sourcesOf("done")).toEqual(["running"]);
  expect(sourcesOf("running")).toEqual(["queued"]);
});

import { expect, test } from "vitest";
import { createRunnerStartLimit } from "../../../server/engine/worker/runner-start-limit.ts";

test("no more than the maximum start at once, in the order in which they asked", async () => {
  const limit = createRunnerStartLimit(2);
  const started: string[] = [];
  for (const id of ["a", "b", "c", "d"]) {
    void limit.acquire(id).then((mayStart) => mayStart && started.push(id));
  }
  await settle();
  expect(started).toEqual(["a", "b"]);
  limit.release();
  await settle();
  expect(started).toEqual(["a", "b", "c"]);
  limit.release();
  limit.release();
  limit.release();
  await settle();
  expect(started).toEqual(["a", "b", "c", "d"]);
  const later = ["e", "f", "g"].map((id) => limit.acquire(id));
  expect(await Promise.all(later.slice(0, 2))).toEqual([true, true]);
  expect(limit.cancel("g")).toBe(true);
});

test("a job that is cancelled while it waits does not start, and takes nobody's turn", async () => {
  const limit = createRunnerStartLimit(1);
  expect(await limit.acquire("a")).toBe(true);
  const cancelled = limit.acquire("b");
  const next = limit.acquire("c");
  expect(limit.cancel("b")).toBe(true);
  expect(limit.cancel("b")).toBe(false);
  expect(limit.cancel("a")).toBe(false);
  expect(await cancelled).toBe(false);
  limit.release();
  expect(await next).toBe(true);
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

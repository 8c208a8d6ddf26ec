import { expect, test } from "vitest";
import { createQueryCache } from "../../../server/engine/list/query-cache.ts";

test("the cache keeps an answer for its lifetime only where the caller allows it", async () => {
  let at = 1_000;
  let loads = 0;
  const cache = createQueryCache<number>(() => at, 2_000);
  const ask = (answer: number) =>
    cache.get(
      "key",
      async () => {
        loads++;
        return answer;
      },
      (each) => each > 10,
    );
  expect([await ask(5), await ask(6), loads]).toEqual([5, 6, 2]);
  expect([await ask(50), await ask(60), loads]).toEqual([50, 50, 3]);
  at = 3_001;
  expect([await ask(70), loads]).toEqual([70, 4]);
});

test("concurrent callers share one answer, and a failure is not cached", async () => {
  let loads = 0;
  const cache = createQueryCache<number>(() => 1_000, 2_000);
  const fail = async () => {
    loads++;
    throw new Error("away");
  };
  const both = await Promise.allSettled([1, 2].map(() => cache.get("key", fail, () => true)));
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(loads).toBe(1);
  expect(
    await cache.get(
      "key",
      async () => 7,
      () => true,
    ),
  ).toBe(7);
});

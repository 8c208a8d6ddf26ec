import { describe, expect, test } from "vitest";
import { createSessionCache } from "../../server/accounts/session-cache.ts";

const ada = { sessionId: "s1", userId: "u1" };

function counted() {
  let time = 1_000;
  let looks = 0;
  const cache = createSessionCache(() => time);
  return {
    cache,
    pass: (ms: number) => {
      time += ms;
    },
    get: (found: typeof ada | null = ada) =>
      cache.get("cookie", async () => {
        looks += 1;
        return found;
      }),
    looks: () => looks,
  };
}

describe("the session cache", () => {
  test("looks up a session again after 5 s, however often it was read in between", async () => {
    const { get, pass, looks } = counted();
    for (const ms of [0, 2_000, 3_000]) {
      pass(ms);
      expect(await get()).toBe(ada);
    }
    expect(looks()).toBe(1);
    pass(1);
    await get();
    expect(looks()).toBe(2);
  });

  test.each(["s1", "u1"])("forgets %s at once", async (id) => {
    const { cache, get, looks } = counted();
    await get();
    cache.forget("somebody else");
    await get();
    expect(looks()).toBe(1);
    cache.forget(id);
    expect(await get(null)).toBeNull();
    expect(looks()).toBe(2);
  });

  test("does not cache a look-up that began before the session ended", async () => {
    const { cache, get, looks } = counted();
    let answer = (_: typeof ada) => {};
    const slow = cache.get("cookie", () => new Promise((resolve) => (answer = resolve)));
    cache.forget("s1");
    answer(ada);
    await slow;
    expect(await get(null)).toBeNull();
    expect(looks()).toBe(1);
  });

  test("does not cache that there is no session", async () => {
    const { get, looks } = counted();
    await get(null);
    expect(await get()).toBe(ada);
    expect(looks()).toBe(2);
  });
});

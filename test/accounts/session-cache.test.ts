import { describe, expect, test } from "vitest";
import { createSessionCache } from "../../server/accounts/session-cache.ts";

const ada = { sessionId: "s1", userId: "u1" };

function counted() {
  let time = 1_000;
  let loads = 0;
  const cache = createSessionCache(() => time);
  return {
    cache,
    pass: (ms: number) => {
      time += ms;
    },
    get: (found: typeof ada | null = ada) =>
      cache.get("cookie", async () => {
        loads += 1;
        return found;
      }),
    loads: () => loads,
  };
}

describe("the session cache", () => {
  test("the session cache loads a session again after 5 s, even if it was read in between", async () => {
    const { get, pass, loads } = counted();
    for (const ms of [0, 2_000, 3_000]) {
      pass(ms);
      expect(await get()).toBe(ada);
    }
    expect(loads()).toBe(1);
    pass(1);
    await get();
    expect(loads()).toBe(2);
  });

  test.each(["s1", "u1"])("the session cache evicts %s at once", async (id) => {
    const { cache, get, loads } = counted();
    await get();
    cache.evict("somebody else");
    await get();
    expect(loads()).toBe(1);
    cache.evict(id);
    expect(await get(null)).toBeNull();
    expect(loads()).toBe(2);
  });

  test("the session cache does not keep a look-up that began before the session ended", async () => {
    const { cache, get, loads } = counted();
    let answer = (_: typeof ada) => {};
    const slow = cache.get("cookie", () => new Promise((resolve) => (answer = resolve)));
    cache.evict("s1");
    answer(ada);
    await slow;
    expect(await get(null)).toBeNull();
    expect(loads()).toBe(1);
  });

  test("the session cache does not keep a missing session", async () => {
    const { get, loads } = counted();
    await get(null);
    expect(await get()).toBe(ada);
    expect(loads()).toBe(2);
  });
});

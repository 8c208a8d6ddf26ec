import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createRateLimitStore,
  deleteExpiredRateLimits,
} from "../../server/accounts/rate-limit-store.ts";
import { backends, openTestBackend } from "../support/backends.ts";

const minute = 60_000;

describe.each(backends)("counted requests on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let ahead = 0;
  beforeAll(async () => {
    opened = await openTestBackend(which);
  });
  afterAll(() => opened.close());

  const store = (name: string) => {
    const { db, write, now } = opened.backend;
    return createRateLimitStore({ db, write, now: () => now() + ahead }, name, 10 * minute);
  };

  test("two web processes count together, also at the same moment", async () => {
    const other = await opened.another();
    const [here, there] = [store("a"), createRateLimitStore(other, "a", 10 * minute)];
    const hits = await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 ? here : there).increment("ada")),
    );
    const totals = hits.map(({ totalHits }) => totalHits).sort((a, b) => a - b);
    expect(totals).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    await other.close();
  });

  test("a key has its own count in each limit, and begins at 1 after its window", async () => {
    await store("b").increment("ada");
    const second = await store("b").increment("ada");
    expect(second.totalHits).toBe(2);
    expect((await store("c").increment("ada")).totalHits).toBe(1);
    ahead += 11 * minute;
    expect(await store("b").get("ada")).toBeUndefined();
    const third = await store("b").increment("ada");
    expect(third.totalHits).toBe(1);
    expect(third.resetTime.getTime()).toBeGreaterThan(second.resetTime.getTime());
  });

  test("a request that is taken back counts no more, and never below none", async () => {
    await store("d").increment("ada");
    await store("d").decrement("ada");
    await store("d").decrement("ada");
    expect((await store("d").increment("ada")).totalHits).toBe(1);
  });

  test("a key takes 43 bytes, however long the text is", async () => {
    await store("e").increment("x".repeat(900_000));
    const keys = await opened.backend.db.selectFrom("rate_limits").select("key").execute();
    expect(Math.max(...keys.map(({ key }) => key.length))).toBe(43);
  });

  test("keys are deleted after their window", async () => {
    await store("f").increment("ada");
    const count = async () =>
      (await opened.backend.db.selectFrom("rate_limits").select("key").execute()).length;
    const { db, now } = opened.backend;
    await deleteExpiredRateLimits({ db, now: () => now() + ahead }, 100);
    expect(await count()).toBeGreaterThan(0);
    await deleteExpiredRateLimits({ db, now: () => now() + ahead + 11 * minute }, 100);
    expect(await count()).toBe(0);
  });
});

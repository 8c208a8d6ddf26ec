import { expect, test } from "vitest";
import { createMemory } from "../../../server/jobs/list/memory.ts";

test("a large answer is remembered for a moment, a small one is asked for again", async () => {
  let at = 0;
  let asked = 0;
  const memory = createMemory<number>(() => at, 2_000);
  const ask = (answer: number) =>
    memory.of(
      "key",
      async () => {
        asked++;
        return answer;
      },
      (each) => each > 10,
    );
  expect([await ask(5), await ask(6), asked]).toEqual([5, 6, 2]);
  expect([await ask(50), await ask(60), asked]).toEqual([50, 50, 3]);
  at = 2_000;
  expect([await ask(70), asked]).toEqual([70, 4]);
});

test("who asks in the same moment gets the same, and a failure is nobody's answer for long", async () => {
  let asked = 0;
  const memory = createMemory<number>(() => 0, 2_000);
  const fail = async () => {
    asked++;
    throw new Error("away");
  };
  const both = await Promise.allSettled([1, 2].map(() => memory.of("key", fail, () => true)));
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(asked).toBe(1);
  expect(
    await memory.of(
      "key",
      async () => 7,
      () => true,
    ),
  ).toBe(7);
});

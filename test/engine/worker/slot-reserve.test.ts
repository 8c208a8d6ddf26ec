import { expect, test } from "vitest";
import { createSlotReserve } from "../../../server/engine/worker/slot-reserve.ts";

const job = (id: string, kind = "single_step") => ({ id, kind });

/** Takes so many slots for jobs of the kind. */
function fill(reserve: ReturnType<typeof createSlotReserve>, count: number, kind?: string) {
  return Array.from({ length: count }, (_, n) => {
    const slot = reserve.take();
    slot.fill(job(`${kind}-${n}`, kind));
    return slot;
  });
}

test("the last fifth of the slots is reserved while jobs that cannot make room hold the others", () => {
  const reserve = createSlotReserve(20);
  const slots = fill(reserve, 16);
  expect(slots.map(({ reserved }) => reserved)).toEqual(Array(16).fill(undefined));
  expect(reserve.take().reserved).toEqual({ yieldingKinds: [] });
  slots[3]!.free();
  expect(reserve.take().reserved).toBeUndefined();
});

test("claims under way count, because they may bring such jobs, unless they are for reserved slots", () => {
  const reserve = createSlotReserve(10);
  const claims = Array.from({ length: 10 }, () => reserve.take());
  expect(claims.map(({ reserved }) => reserved !== undefined)).toEqual([
    ...Array(8).fill(false),
    ...[true, true],
  ]);
  claims[0]!.free();
  expect(reserve.take().reserved).toBeUndefined();
});

test("jobs of kinds that give back their slots hold none", () => {
  const reserve = createSlotReserve(10);
  fill(reserve, 8, "batches");
  expect(reserve.take().reserved).toEqual({ yieldingKinds: [] });
  reserve.onYielding("batches");
  expect(reserve.take().reserved).toBeUndefined();
  expect(reserve.yieldingKinds()).toEqual(["batches"]);
});

test("a kind is not trusted any more once one of its jobs was asked and stayed for 10 s", () => {
  let now = 0;
  const reserve = createSlotReserve(10, () => now);
  reserve.onYielding("batches");
  fill(reserve, 8, "batches");
  reserve.onAsked("batches-2");
  now = 10_000;
  reserve.onAsked("batches-2");
  expect(reserve.yieldingKinds()).toEqual(["batches"]);
  now = 10_001;
  expect(reserve.yieldingKinds()).toEqual([]);
  expect(reserve.take().reserved).toEqual({ yieldingKinds: [] });
});

test("a job that stayed holds its slot even when others of its kind give theirs back", () => {
  let now = 0;
  const reserve = createSlotReserve(5, () => now);
  reserve.onYielding("batches");
  fill(reserve, 4, "batches");
  for (let n = 0; n < 4; n++) reserve.onAsked(`batches-${n}`);
  now = 10_001;
  reserve.yieldingKinds();
  // By a run of another job.
  reserve.onYielding("batches");
  expect(reserve.take().reserved).toEqual({ yieldingKinds: ["batches"] });
});

test("a worker with fewer than five slots reserves none", () => {
  const reserve = createSlotReserve(4);
  fill(reserve, 3);
  expect(reserve.take().reserved).toBeUndefined();
});

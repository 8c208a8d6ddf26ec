import fc from "fast-check";
import { expect, test } from "vitest";
import { sortPlaces } from "../../../../jobs/lib/external-sort/sort-places.ts";

const unit = fc.constantFrom("a", "b", "\0", "\x7e", "\x7f", "\x80", "ü", "\uffff", "\u{10000}");
const key = fc.string({ unit, maxLength: 9 });
// Many keys begin alike, or are equal.
const keys = fc.oneof(fc.array(key, { maxLength: 300 }), fc.array(key.map((k) => `aaaaaa${k}`)));

function sortByBytes(texts: readonly string[], orders: readonly number[]): number[] {
  return [...texts.keys()].sort(
    (a, b) =>
      Buffer.compare(Buffer.from(texts[a]!), Buffer.from(texts[b]!)) || orders[a]! - orders[b]!,
  );
}

test("sortPlaces sorts keys by their UTF-8 bytes, and equal ones by their numbers", () => {
  fc.assert(
    fc.property(keys, (texts) => {
      const orders = texts.map((_, at) => (at * 7_919) % 10_007);
      expect([...sortPlaces(texts, orders)]).toEqual(sortByBytes(texts, orders));
    }),
    { numRuns: 1_000 },
  );
});

test("sortPlaces sorts so many keys that their numbers have less room for letters", () => {
  const texts = Array.from({ length: 300_000 }, (_, at) => `${(at * 7_919) % 300_007}@x.test`);
  const found = Array.from(sortPlaces(texts, [...texts.keys()]), (place) => texts[place]);
  expect(found.join() === texts.toSorted().join()).toBe(true);
});

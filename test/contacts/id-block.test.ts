import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addToEncoded,
  addToSet,
  countIds,
  decodeBlock,
  type IdSet,
  idsAscending,
  idsDescending,
} from "../../server/contacts/search/id-block.ts";

const maxLow = 65_535;
const ids = fc.array(fc.integer({ min: 0, max: maxLow }), { maxLength: 6_000 });

test("a block gives back the ids that were added to it, as a list and as a bitmap", () => {
  fc.assert(
    fc.property(ids, ids, (first, second) => {
      const stored = addToEncoded(addToEncoded(undefined, first).ids, second);
      const expected = [...new Set([...first, ...second])].sort((a, b) => a - b);
      const set: IdSet = new Map([[0, decodeBlock(stored.ids)]]);
      expect([...idsAscending(set)]).toEqual(expected);
      expect(stored.count).toBe(expected.length);
      expect(stored.ids.byteLength).toBeLessThanOrEqual(8_192);
    }),
    { numRuns: 50 },
  );
});

test("a block of 4,095 ids is a list, one of 4,096 a bitmap, and both keep all ids", () => {
  for (const count of [4_095, 4_096, 65_536]) {
    const all = Array.from({ length: count }, (_, id) => id);
    const stored = addToEncoded(addToEncoded(undefined, all.slice(0, 10)).ids, all);
    expect(stored.count).toBe(count);
    expect(countIds(new Map([[0, decodeBlock(stored.ids)]]))).toBe(count);
  }
});

test("a set is read from both ends and from any id on", () => {
  const set: IdSet = new Map();
  const all = [0, 31, 32, 65_535, 65_536, 3_000_000_000];
  addToSet(set, all);
  expect([...idsAscending(set)]).toEqual(all);
  expect([...idsDescending(set)]).toEqual(all.toReversed());
  expect([...idsAscending(set, 32)]).toEqual([65_535, 65_536, 3_000_000_000]);
  expect([...idsDescending(set, 65_536)]).toEqual([65_535, 32, 31, 0]);
});

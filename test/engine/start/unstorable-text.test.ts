import { expect, test } from "vitest";
import { findUnstorable } from "../../../server/engine/start/unstorable-text.ts";

test("texts and keys that cannot be stored are found, with their paths", () => {
  const value = { name: "a\0b", mapping: { "3": "\ud800" }, tags: ["fine", "\udc00"], "k\0": 1 };
  expect(findUnstorable(value).sort()).toEqual(["k\0", "mapping.3", "name", "tags.1"]);
  expect(findUnstorable({ name: "fine", tags: ["👋"] })).toEqual([]);
});

test("however many and deep such texts are, the paths stay few and short", () => {
  const depth = 2_000;
  const deep = JSON.parse(`${'["\\u0000",'.repeat(depth)}1${"]".repeat(depth)}`);
  const found = findUnstorable({ deep, wide: Array(5_000).fill("\0") });
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThanOrEqual(20);
  expect(found.join().length).toBeLessThan(10_000);
  expect(findUnstorable({ deep })[0]).toMatch(/^deep\.1\.1\./);
});

test("many keys that cannot be stored are named in part", () => {
  const keys = Array.from({ length: 5_000 }, (_, at) => [`\0${at}`, 1]);
  expect(findUnstorable(Object.fromEntries(keys))).toHaveLength(20);
});

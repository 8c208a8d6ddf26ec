import { expect, test } from "vitest";
import { parseRange } from "../../server/storage/range.ts";

test.each([
  ["bytes=0-0", { from: 0, to: 1 }],
  ["bytes=0-99", { from: 0, to: 100 }],
  ["bytes=90-", { from: 90, to: 100 }],
  ["bytes=90-500", { from: 90, to: 100 }],
  ["bytes=-10", { from: 90, to: 100 }],
  ["bytes=-500", { from: 0, to: 100 }],
  ["bytes=100-", "unsatisfiable"],
  ["bytes=100-200", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  // RFC 9110 lets a server ignore these and send the whole file.
  ["bytes=5-4", undefined],
  ["bytes=0-1,5-6", undefined],
  ["bytes=-", undefined],
  ["bytes=a-b", undefined],
  ["rows=0-5", undefined],
  ["", undefined],
  [undefined, undefined],
])("the range %j of 100 bytes is %j", (header, expected) => {
  expect(parseRange(header, 100)).toEqual(expected);
});

test("a suffix of an empty file is the whole file", () => {
  expect(parseRange("bytes=-5", 0)).toBeUndefined();
});

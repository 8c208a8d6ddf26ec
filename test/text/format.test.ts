import fc from "fast-check";
import { expect, test } from "vitest";
import { amountOf, moment, number, size, sizes, span, took } from "../../server/text/format.ts";

test("numbers are grouped, and one of a thing is singular", () => {
  expect(number(1_204_000)).toBe("1,204,000");
  expect(amountOf(0, "rows")).toBe("0 rows");
  expect(amountOf(1, "rows")).toBe("1 row");
  expect(amountOf(1_204, "rows")).toBe("1,204 rows");
});

test.each([
  [-5, "0 s"],
  [999, "0 s"],
  [8_900, "8 s"],
  [60_000, "1 min"],
  [72_000, "1 min 12 s"],
  [3_599_999, "59 min 59 s"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [90_000_000, "25 h"],
])("a span of %i ms is %s", (ms, words) => {
  expect(span(ms)).toBe(words);
});

test("a span that is over has tenths while it is short", () => {
  expect(took(0)).toBe("0.1 s");
  expect(took(8_140)).toBe("8.1 s");
  expect(took(72_000)).toBe("1 min 12 s");
});

test.each([
  [0, "0 B"],
  [812, "812 B"],
  [1_000, "1.0 kB"],
  [8_140_000, "8.1 MB"],
  [9_960_000, "10 MB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [123_456_789, "123 MB"],
  [5_000_000_000_000_000, "5000 TB"],
])("%i bytes are %s", (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

test.each([
  [0, 18_000_000, "0 of 18 MB"],
  [3_210_000, 18_400_000, "3.2 of 18 MB"],
  [17_960_000, 18_000_000, "18 of 18 MB"],
  [300_000, 18_000_000, "300 kB of 18 MB"],
  [812, 900, "812 of 900 B"],
  [812, 9_000, "812 B of 9.0 kB"],
  [2_500_000_000, 5_000_000_000, "2.5 of 5.0 GB"],
])("%i of %i bytes are %s", (part, whole, words) => {
  expect(sizes(part, whole)).toBe(words);
});

test("a size is right within a twentieth", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 14 }), (bytes) => {
      const [value, unit] = size(bytes).split(" ");
      const power = ["B", "kB", "MB", "GB", "TB"].indexOf(unit!);
      expect(Math.abs(Number(value) * 1_000 ** power - bytes)).toBeLessThanOrEqual(bytes / 20);
    }),
  );
});

test("a moment is told in UTC, with what a machine reads", () => {
  expect(moment(Date.UTC(2026, 10, 3, 14, 5, 9))).toEqual({
    iso: "2026-11-03T14:05:09.000Z",
    text: "3 Nov, 14:05 UTC",
  });
});

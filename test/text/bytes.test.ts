import fc from "fast-check";
import { expect, test } from "vitest";
import { formatBytes, formatBytesOf } from "../../server/text/bytes.ts";

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
])("%i bytes are formatted as %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test.each([
  [0, 18_000_000, "0 of 18 MB"],
  [3_210_000, 18_400_000, "3.2 of 18 MB"],
  [17_960_000, 18_000_000, "18 of 18 MB"],
  [300_000, 18_000_000, "300 kB of 18 MB"],
  [812, 900, "812 of 900 B"],
  [812, 9_000, "812 B of 9.0 kB"],
  [2_500_000_000, 5_000_000_000, "2.5 of 5.0 GB"],
])("%i of %i bytes are formatted as %s", (part, whole, words) => {
  expect(formatBytesOf(part, whole)).toBe(words);
});

test("a formatted size differs from the exact one by at most 5 %", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 14 }), (bytes) => {
      const [value, unit] = formatBytes(bytes).split(" ");
      const power = ["B", "kB", "MB", "GB", "TB"].indexOf(unit!);
      expect(Math.abs(Number(value) * 1_000 ** power - bytes)).toBeLessThanOrEqual(bytes / 20);
    }),
  );
});

import { expect, test } from "vitest";
import { formatCappedCount, formatCount, formatNumber } from "../../server/text/counts.ts";

test("a number is grouped by thousands, and a count of one is in the singular", () => {
  expect(formatNumber(1_204_000)).toBe("1,204,000");
  expect(formatCount(0, "rows")).toBe("0 rows");
  expect(formatCount(1, "rows")).toBe("1 row");
  expect(formatCount(1_204, "rows")).toBe("1,204 rows");
});

test("a count above the limit says so", () => {
  expect(formatCappedCount(10_000, 10_000)).toBe("10,000");
  expect(formatCappedCount(10_001, 10_000)).toBe("more than 10,000");
});

import { expect, test } from "vitest";
import { formatDuration, formatElapsed } from "../../server/text/durations.ts";

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
])("%i ms are formatted as %s", (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test("an elapsed time below ten seconds has tenths", () => {
  expect(formatElapsed(0)).toBe("0.1 s");
  expect(formatElapsed(8_140)).toBe("8.1 s");
  expect(formatElapsed(72_000)).toBe("1 min 12 s");
});

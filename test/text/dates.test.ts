import { expect, test } from "vitest";
import { formatClock, formatDate, formatDateTime } from "../../server/text/dates.ts";

const at = Date.UTC(2026, 10, 3, 14, 5, 9);
const iso = "2026-11-03T14:05:09.000Z";

test("a date and time is formatted in UTC and as ISO 8601", () => {
  expect(formatDateTime(at)).toEqual({ iso, text: "Nov 3, 14:05 UTC" });
});

test("a date and a time of day are formatted alone", () => {
  expect(formatDate(at)).toEqual({ iso, text: "Nov 3" });
  expect(formatClock(at)).toEqual({ iso, text: "14:05:09" });
});

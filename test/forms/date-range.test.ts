import { expect, test } from "vitest";
import { daysBetween, lastDays, parseDay, parseTimeZone } from "../../server/forms/date-range.ts";

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
const of = ({ from, to }: { from?: number | undefined; to?: number | undefined }) => [
  iso(from),
  iso(to),
];

test("lastDays begins at midnight in the person's time zone", () => {
  // In Auckland it is the 24th already.
  const now = Date.parse("2026-11-23T14:00:00Z");
  expect(of(lastDays(1, "UTC", now))).toEqual(["2026-11-23T00:00:00.000Z", null]);
  expect(of(lastDays(1, "Pacific/Auckland", now))).toEqual(["2026-11-23T11:00:00.000Z", null]);
  expect(of(lastDays(7, "UTC", now))).toEqual(["2026-11-17T00:00:00.000Z", null]);
});

test("daysBetween includes the whole last day even when the clocks change", () => {
  expect(of(daysBetween("2026-10-25", "2026-10-25", "Europe/Berlin"))).toEqual([
    "2026-10-24T22:00:00.000Z",
    "2026-10-25T23:00:00.000Z",
  ]);
  expect(of(daysBetween("", "2026-11-30", "UTC"))).toEqual([null, "2026-12-01T00:00:00.000Z"]);
  expect(of(daysBetween("2026-11-30", "", "UTC"))).toEqual(["2026-11-30T00:00:00.000Z", null]);
  // There is no midnight on that day in Havana.
  expect(of(daysBetween("2026-03-08", "", "America/Havana"))).toEqual([
    "2026-03-08T05:00:00.000Z",
    null,
  ]);
});

test.each(["2026-02-30", "2026-13-01", "23.11.2026", "2026-11-23T00:00", "", undefined])(
  "parseDay rejects %j",
  (text) => expect(parseDay(text)).toBe(""),
);

test("parseTimeZone rejects an unknown time zone", () => {
  expect(parseTimeZone("Europe/Berlin")).toBe("Europe/Berlin");
  for (const name of ["Mars/Base", "../etc", "", undefined, "<b>"]) {
    expect(parseTimeZone(name)).toBeUndefined();
  }
});

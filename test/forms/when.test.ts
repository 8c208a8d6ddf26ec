import { describe, expect, test } from "vitest";
import { type WhenTyped, whenOf, whenTyped, whenView } from "../../server/forms/when.ts";

const asked = (different: Partial<WhenTyped>): WhenTyped => ({
  ...{ when: "", when_at: "", when_zone: "" },
  ...different,
});
/** In which it is 23:30 in Berlin. */
const now = Date.parse("2026-11-23T22:30:00Z");
const berlin = "Europe/Berlin";

function start(different: Partial<WhenTyped>, preferred: string | null = null, at = now) {
  const { runAt, wrong } = whenOf(asked(different), preferred, at);
  if (wrong) throw new Error(wrong);
  return runAt === undefined ? "now" : new Date(runAt).toISOString();
}
const wrong = (different: Partial<WhenTyped>) => whenOf(asked(different), null, now).wrong ?? "";

describe("when a job starts", () => {
  test("now, unless something else is asked for", () => {
    expect(start({})).toBe("now");
    expect(start({ when: "now", when_zone: berlin })).toBe("now");
  });

  test("tonight is the next 02:00, tomorrow the day after today, where the person is", () => {
    const [tonight, tomorrow] = [{ when: "tonight" }, { when: "tomorrow" }];
    expect(start({ ...tonight, when_zone: berlin })).toBe("2026-11-24T01:00:00.000Z");
    expect(start({ ...tomorrow, when_zone: berlin })).toBe("2026-11-24T08:00:00.000Z");
    expect(start(tonight)).toBe("2026-11-24T02:00:00.000Z");
    // There it is Tuesday already, 11:30.
    const sydney = { when_zone: "Australia/Sydney" };
    expect(start({ ...tomorrow, ...sydney })).toBe("2026-11-24T22:00:00.000Z");
    // Before two it is this night.
    const one = Date.parse("2026-11-24T01:00:00Z");
    expect(start(tonight, null, one)).toBe("2026-11-24T02:00:00.000Z");
  });

  test("a chosen zone goes before that of the browser, and that before UTC", () => {
    const at = { when: "at", when_at: "2026-11-24T02:00" };
    expect(start(at)).toBe("2026-11-24T02:00:00.000Z");
    expect(start({ ...at, when_zone: berlin })).toBe("2026-11-24T01:00:00.000Z");
    expect(start({ ...at, when_zone: berlin }, "America/New_York")).toBe(
      "2026-11-24T07:00:00.000Z",
    );
  });

  test("a time that clocks skip comes later, one that comes twice is the first", () => {
    const winter = Date.parse("2027-03-01T00:00:00Z");
    const skipped = { when: "at", when_at: "2027-03-28T02:30", when_zone: berlin };
    expect(start(skipped, null, winter)).toBe("2027-03-28T01:30:00.000Z");
    const twice = { when: "at", when_at: "2027-10-31T02:30", when_zone: berlin };
    expect(start(twice, null, winter)).toBe("2027-10-31T00:30:00.000Z");
    // Tonight, when there is no 02:00.
    const before = Date.parse("2027-03-27T22:00:00Z");
    const tonight = { when: "tonight", when_zone: berlin };
    expect(start(tonight, null, before)).toBe("2027-03-28T01:00:00.000Z");
  });

  test("a time may be written by hand", () => {
    for (const when_at of ["2026-11-24 02:00", "2026-11-24  02:00:00", "2026-11-24t02:00"]) {
      expect(start({ when: "at", when_at })).toBe("2026-11-24T02:00:00.000Z");
    }
    for (const when_at of ["", "soon", "2026-11-24", "2026-02-30T02:00", "24.11.2026 02:00"]) {
      expect(wrong({ when: "at", when_at })).toContain("Write a date and a time");
    }
  });

  test("not in the past, and within a year; the minute that has begun is now", () => {
    expect(wrong({ when: "at", when_at: "2026-11-23T22:29" })).toContain("has passed");
    expect(start({ when: "at", when_at: "2026-11-23T22:30" })).toBe("2026-11-23T22:30:00.000Z");
    expect(start({ when: "at", when_at: "2027-11-23T22:30" })).toBe("2027-11-23T22:30:00.000Z");
    expect(wrong({ when: "at", when_at: "2027-11-23T22:31" })).toContain("more than a year");
  });

  test("what is meant is told also where it is wrong, for a form that was sent before", () => {
    const passed = whenOf(asked({ when: "at", when_at: "2026-11-23T10:00" }), null, now);
    expect(passed.runAt).toBe(Date.parse("2026-11-23T10:00Z"));
  });

  test("a time given beside “Now” is asked about, and so is a zone that nobody knows", () => {
    expect(wrong({ when: "now", when_at: "2026-11-24T02:00" })).toContain("choose “At");
    const mars = { when: "at", when_at: "2026-11-24T02:00", when_zone: "Mars/Olympus" };
    expect(wrong(mars)).toContain("Mars/Olympus is not known");
  });
});

describe("the fields for it", () => {
  test("are folded away until something is chosen or wrong", () => {
    expect(whenView(asked({}), null)).toMatchObject({ open: false, zoneText: "UTC", fixed: false });
    expect(whenView(asked({ when: "tonight" }), null).open).toBe(true);
    expect(whenView(asked({}), null, "No").open).toBe(true);
    const chosen = whenView(asked({ when: "at", when_at: "x" }), berlin);
    expect(chosen).toMatchObject({ at: "x", zoneText: berlin, fixed: true });
    expect(whenView(asked({}), "America/New_York").zoneText).toBe("America/New York");
    expect(chosen.choices.filter((choice) => choice.selected)).toEqual([
      { value: "at", label: "At the time given here", selected: true },
    ]);
  });

  test("take only texts of their own from a form", () => {
    const given = { when: "at", when_at: " 2026 ", when_zone: ["a"], subject: "x" };
    expect(whenTyped(given)).toEqual({ when: "at", when_at: "2026", when_zone: "" });
  });
});

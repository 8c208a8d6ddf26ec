import { describe, expect, test } from "vitest";
import {
  parseSchedule,
  readScheduleInput,
  type ScheduleInput,
} from "../../server/forms/schedule.ts";
import { scheduleView } from "../../server/presenters/schedule.ts";

const scheduleInput = (different: Partial<ScheduleInput>): ScheduleInput => ({
  ...{ when: "", when_at: "", when_zone: "", repeats: "" },
  ...different,
});
/** 23:30 in Berlin. */
const now = Date.parse("2026-11-23T22:30:00Z");
const berlin = "Europe/Berlin";

function start(different: Partial<ScheduleInput>, preferred: string | null = null, at = now) {
  const { runAt, error } = parseSchedule(scheduleInput(different), preferred, at);
  if (error) throw new Error(error);
  return runAt === undefined ? "now" : new Date(runAt).toISOString();
}
const errorOf = (different: Partial<ScheduleInput>) =>
  parseSchedule(scheduleInput(different), null, now).error ?? "";

describe("parseSchedule", () => {
  test("a job starts now unless another time is chosen", () => {
    expect(start({})).toBe("now");
    expect(start({ when: "now", when_zone: berlin })).toBe("now");
  });

  test("tonight is the next 02:00 and tomorrow the next day at 09:00, both in the person's time zone", () => {
    const [tonight, tomorrow] = [{ when: "tonight" }, { when: "tomorrow" }];
    expect(start({ ...tonight, when_zone: berlin })).toBe("2026-11-24T01:00:00.000Z");
    expect(start({ ...tomorrow, when_zone: berlin })).toBe("2026-11-24T08:00:00.000Z");
    expect(start(tonight)).toBe("2026-11-24T02:00:00.000Z");
    // In Sydney it is Tuesday already, 11:30.
    const sydney = { when_zone: "Australia/Sydney" };
    expect(start({ ...tomorrow, ...sydney })).toBe("2026-11-24T22:00:00.000Z");
    // Before 02:00, tonight is today.
    const one = Date.parse("2026-11-24T01:00:00Z");
    expect(start(tonight, null, one)).toBe("2026-11-24T02:00:00.000Z");
  });

  test("the time zone of the settings goes before the browser's, and that before UTC", () => {
    const at = { when: "at", when_at: "2026-11-24T02:00" };
    expect(start(at)).toBe("2026-11-24T02:00:00.000Z");
    expect(start({ ...at, when_zone: berlin })).toBe("2026-11-24T01:00:00.000Z");
    expect(start({ ...at, when_zone: berlin }, "America/New_York")).toBe(
      "2026-11-24T07:00:00.000Z",
    );
  });

  test("a time skipped by the clocks moves an hour later, and a repeated one is its first occurrence", () => {
    const winter = Date.parse("2027-03-01T00:00:00Z");
    const skipped = { when: "at", when_at: "2027-03-28T02:30", when_zone: berlin };
    expect(start(skipped, null, winter)).toBe("2027-03-28T01:30:00.000Z");
    const twice = { when: "at", when_at: "2027-10-31T02:30", when_zone: berlin };
    expect(start(twice, null, winter)).toBe("2027-10-31T00:30:00.000Z");
    // The clocks skip 02:00 that night.
    const before = Date.parse("2027-03-27T22:00:00Z");
    const tonight = { when: "tonight", when_zone: berlin };
    expect(start(tonight, null, before)).toBe("2027-03-28T01:00:00.000Z");
  });

  test("a time may be typed by hand", () => {
    for (const when_at of ["2026-11-24 02:00", "2026-11-24  02:00:00", "2026-11-24t02:00"]) {
      expect(start({ when: "at", when_at })).toBe("2026-11-24T02:00:00.000Z");
    }
    for (const when_at of ["", "soon", "2026-11-24", "2026-02-30T02:00", "24.11.2026 02:00"]) {
      expect(errorOf({ when: "at", when_at })).toContain("Enter a date and time");
    }
  });

  test("a time must be in the current minute or later, and within a year", () => {
    expect(errorOf({ when: "at", when_at: "2026-11-23T22:29" })).toContain("has passed");
    expect(start({ when: "at", when_at: "2026-11-23T22:30" })).toBe("2026-11-23T22:30:00.000Z");
    expect(start({ when: "at", when_at: "2027-11-23T22:30" })).toBe("2027-11-23T22:30:00.000Z");
    expect(errorOf({ when: "at", when_at: "2027-11-23T22:31" })).toContain("more than a year");
  });

  test("an invalid time is returned beside its error, to recognise a form that was sent twice", () => {
    const passed = parseSchedule(
      scheduleInput({ when: "at", when_at: "2026-11-23T10:00" }),
      null,
      now,
    );
    expect(passed.runAt).toBe(Date.parse("2026-11-23T10:00Z"));
  });

  test("a time beside “Now” and an unknown time zone are errors", () => {
    expect(errorOf({ when: "now", when_at: "2026-11-24T02:00" })).toContain(
      "Choose “At a specific time”",
    );
    const mars = { when: "at", when_at: "2026-11-24T02:00", when_zone: "Mars/Olympus" };
    expect(errorOf(mars)).toContain("Unknown time zone Mars/Olympus");
  });
});

describe("scheduleView", () => {
  test("the fields are closed until a start is chosen or invalid", () => {
    expect(scheduleView(scheduleInput({}), null)).toMatchObject({
      open: false,
      zoneText: "UTC",
      fixed: false,
    });
    expect(scheduleView(scheduleInput({ when: "tonight" }), null).open).toBe(true);
    expect(scheduleView(scheduleInput({}), null, "No").open).toBe(true);
    const chosen = scheduleView(scheduleInput({ when: "at", when_at: "x" }), berlin);
    expect(chosen).toMatchObject({ at: "x", zoneText: berlin, fixed: true });
    expect(scheduleView(scheduleInput({}), "America/New_York").zoneText).toBe("America/New York");
    expect(chosen.choices.filter((choice) => choice.selected)).toEqual([
      { value: "at", label: "At a specific time", selected: true },
    ]);
  });

  test("readScheduleInput takes only its own text fields", () => {
    const form = { when: "at", when_at: " 2026 ", when_zone: ["a"], subject: "x" };
    const texts = { when: "at", when_at: "2026", when_zone: "", repeats: "" };
    expect(readScheduleInput(form)).toEqual(texts);
  });
});

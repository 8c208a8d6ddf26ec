/** Compares the calendar over a year in five zones with a reckoning of its own, minute by minute. */
import { describe, expect, test } from "vitest";
import { dueTimes, nextTime } from "../../../server/engine/schedules/calendar.ts";
import { clockChanges } from "../../../server/engine/schedules/clock-changes.ts";
import { describeCron } from "../../../server/engine/schedules/describe-cron.ts";
import { parseRepetition } from "../../../server/engine/schedules/parse-repetition.ts";
import { clockChangeText } from "../../../server/presenters/clock-change-text.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The clock of a zone: the wall time of each minute of a year, as if it were one of UTC. */
function clockOf(timeZone: string, year: number) {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const from = Date.UTC(year, 0, 1);
  const until = Date.UTC(year + 1, 0, 1);
  const walls: number[] = [];
  /** The first instant at which the clock shows a time. */
  const firstAt = new Map<number, number>();
  let offset = 0;
  for (let at = from; at < until; at += minuteMs) {
    // Clocks change at whole quarters of an hour.
    if (at % (15 * minuteMs) === 0) offset = offsetMs(format, at);
    walls.push(at + offset);
    if (!firstAt.has(at + offset)) firstAt.set(at + offset, at);
  }
  return { from, until, walls, firstAt };
}

function offsetMs(format: Intl.DateTimeFormat, at: number): number {
  const { value } = format.formatToParts(at).find(({ type }) => type === "timeZoneName")!;
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(value)!;
  const ms = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * minuteMs;
  return sign === "-" ? -ms : ms;
}

type Clock = ReturnType<typeof clockOf>;

/** The numbers of a field, with lists, ranges and steps. */
function numbersOf(field: string, from: number, to: number): Set<number> {
  const numbers = field.split(",").flatMap((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [first = "", last = first] = range === "*" ? [`${from}`, `${to}`] : range.split("-");
    const all = [];
    for (let each = Number(first); each <= Number(last); each += Number(step)) all.push(each);
    return all;
  });
  return new Set(numbers);
}

/**
 * Times of the day are moved behind a gap and happen once where clocks repeat them; an hour with a star
 * follows the real hours.
 */
function reckon(cron: string, { from, until, walls, firstAt }: Clock): number[] {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = cron.split(" ");
  const minutes = numbersOf(minute, 0, 59);
  const hours = numbersOf(hour, 0, 23);
  const days = numbersOf(day, 1, 31);
  const months = numbersOf(month, 1, 12);
  const weekdays = numbersOf(weekday, 0, 6);
  const matches = (wall: number) => {
    const time = new Date(wall);
    return (
      minutes.has(time.getUTCMinutes()) &&
      hours.has(time.getUTCHours()) &&
      days.has(time.getUTCDate()) &&
      months.has(time.getUTCMonth() + 1) &&
      weekdays.has(time.getUTCDay())
    );
  };
  if (hour.includes("*")) {
    return walls.flatMap((wall, index) => (matches(wall) ? [from + index * minuteMs] : []));
  }
  const found = new Set<number>();
  for (let wall = walls[0]!; wall <= walls.at(-1)!; wall += minuteMs) {
    if (!matches(wall)) continue;
    let shown = wall;
    // In a gap: the first time that the clock shows behind it.
    while (!firstAt.has(shown)) shown += minuteMs;
    found.add(firstAt.get(shown)!);
  }
  return [...found].filter((at) => at < until).sort((one, other) => one - other);
}

/**
 * The whole year, without its ends, at which the day of the zone is not whole. Of intervals the days
 * around changes of the clock are enough, and the first of the year.
 */
function spansOf(cron: string, { from, until, walls }: Clock): [number, number][] {
  const begin = from + dayMs;
  if (!cron.startsWith("*/") || !cron.endsWith(" * * * *")) return [[begin, until - dayMs]];
  const changes = walls.flatMap((wall, index) =>
    index > 0 && wall - walls[index - 1]! !== minuteMs ? [from + index * minuteMs] : [],
  );
  return [begin + dayMs, ...changes].map((at) => [at - dayMs, at + dayMs]);
}

const expressions = [
  ...["30 2 * * *", "0,30 2 * * *", "30 2,14 * * *", "*/15 2 * * *", "30 1-3 * * *"],
  ...["0 */2 * * *", "30 * * * *", "*/30 * * * *", "*/10 * * * *", "15 2 * * *", "45 1 * * *"],
  ...["30 0 * * *", "30 23 * * *", "0 7 * * 1-5", "0 9 1 * *", "0 0 29 2 *"],
];

describe.each([
  ["Europe/Berlin", 2027],
  ["America/Sao_Paulo", 2018],
  ["Australia/Lord_Howe", 2027],
  ["Asia/Kathmandu", 2027],
  ["America/New_York", 2027],
] as const)("a year in %s", (timeZone, year) => {
  const clock = clockOf(timeZone, year);

  test.each(expressions)("the times of %s are those that people expect", (cron) => {
    const reckoned = reckon(cron, clock);
    for (const [from, until] of spansOf(cron, clock)) {
      const times: number[] = [];
      let at = nextTime({ cron, timeZone }, from - 1);
      while (at !== null && at < until) {
        times.push(at);
        at = nextTime({ cron, timeZone }, at);
      }
      expect(times).toEqual(reckoned.filter((each) => each >= from && each < until));
    }
  });
});

describe("clock changes", () => {
  const now = Date.parse("2026-11-27T12:00:00Z");
  const notes = (cron: string, timeZone: string) =>
    clockChanges({ cron, timeZone }, now).map(clockChangeText);

  test("a skipped time and a repeated one are said beforehand", () => {
    expect(notes("30 2 * * *", "Europe/Berlin")).toEqual([
      "On Sunday 28 March 02:30 does not exist; it runs at 03:00.",
      "On Sunday 31 October 02:30 comes twice; it runs once, the first time.",
    ]);
    expect(notes("15 2 * * *", "Australia/Lord_Howe")).toEqual([
      "On Sunday 3 October 02:15 does not exist; it runs at 02:30.",
    ]);
    expect(notes("0 */2 * * *", "Europe/Berlin")).toEqual([
      "On Sunday 28 March 02:00 does not exist; this run is left out.",
      "On Sunday 31 October 02:00 comes twice; it runs both times.",
    ]);
  });

  test("nothing is said where no time of the schedule is met", () => {
    expect(notes("0 7 * * *", "Europe/Berlin")).toEqual([]);
    expect(notes("30 2 * * 1", "Europe/Berlin")).toEqual([]);
    expect(notes("*/10 * * * *", "Europe/Berlin")).toEqual([]);
    expect(notes("30 2 * * *", "Asia/Kathmandu")).toEqual([]);
  });
});

describe("dueTimes", () => {
  const calendar = { cron: "* * * * *", timeZone: "UTC" };

  test("finds the newest time and counts the earlier ones", () => {
    expect(dueTimes(calendar, 0, 3 * minuteMs + 1)).toEqual({ newest: 3 * minuteMs, earlier: 3 });
    expect(dueTimes(calendar, 5, 6)).toEqual({ newest: 5, earlier: 0 });
  });

  test("finds the newest of very many times without counting them all", () => {
    const until = Date.parse("2026-11-27T12:00:30Z");
    const found = dueTimes(calendar, until - 200 * dayMs, until);
    expect(found).toEqual({ newest: until - 30_000, earlier: 1_000 });
  });
});

describe("parseRepetition", () => {
  test.each([
    ["every weekday at 07:00", "0 7 * * 1-5"],
    ["Every month on the 1st at 9", "0 9 1 * *"],
    ["1st and 15th at 6", "0 6 1,15 * *"],
    ["every month on the last day at 18:00", "0 18 L * *"],
    ["daily at 7 pm", "0 19 * * *"],
    ["every day at 7:30 and 19:30", "30 7,19 * * *"],
    ["mondays and thursdays at noon", "0 12 * * 1,4"],
    ["weekly on friday at 17", "0 17 * * 5"],
    ["every weekend at 10", "0 10 * * 0,6"],
    ["every year on 24 December at 8", "0 8 24 12 *"],
    ["on December 24th at 8", "0 8 24 12 *"],
    ["every 15 minutes", "*/15 * * * *"],
    ["every 2 hours", "0 */2 * * *"],
    ["hourly", "0 * * * *"],
    ["monthly", "0 0 1 * *"],
    ["  0  7 * * 1-5 ", "0 7 * * 1-5"],
  ])("“%s” is %s", (typed, cron) => {
    expect(parseRepetition(typed)).toBe(cron);
  });

  test.each([
    ["", "every weekday at 07:00"],
    ["now and then", "every weekday at 07:00"],
    ["every 7 minutes", "divide an hour"],
    ["every day at 25:00", "no time of the day"],
    ["every day at 7:00 and 19:30", "same minutes"],
  ])("“%s” is refused with a hint", (typed, hint) => {
    expect(() => parseRepetition(typed)).toThrow(hint);
  });

  test.each([
    ["0 7 * *", "five fields"],
    ["2026-01-01T00:00:00", "five fields"],
    ["61 * * * *", "minute: 61"],
  ])("the expression %s is refused", (cron, hint) => {
    expect(() => nextTime({ cron, timeZone: "UTC" }, 0)).toThrow(hint);
  });

  test("an unknown time zone is refused before a time is computed", () => {
    const calendar = { cron: "0 7 * * *", timeZone: "Europe/Nowhere" };
    expect(() => nextTime(calendar, 0)).toThrow("Unknown time zone Europe/Nowhere");
  });

  test("a day of the month and a weekday together are said to mean either", () => {
    expect(describeCron("0 0 13 * 5")).toBe("At 00:00, on day 13 of the month, or on Friday");
  });
});

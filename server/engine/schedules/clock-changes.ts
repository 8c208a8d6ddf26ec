/** Says beforehand at which times a schedule runs on days on which clocks change. Pure. */
import { Temporal } from "temporal-polyfill";
import { type Calendar, nextTime, nextTimes } from "./calendar.ts";

const yearMs = 366 * 86_400_000;
/** For repetitions of each minute: one note a change is enough. */
const maxRuns = 100;

export interface ClockChange {
  /** The instant at which the clocks change, ms since 1970. */
  at: number;
  /** "2027-03-28": the day on the clocks of the zone */
  date: string;
  /** `skipped`: clocks go forward, past a time of the schedule; `repeated`: back, so it comes twice. */
  type: "skipped" | "repeated";
  /** "02:30": the time of the schedule on the clock */
  time: string;
  /** "03:00": the first run instead; null if there is none. `repeated`: the time itself. */
  runsAt: string | null;
  /** The number of runs in the hour that is skipped or repeated. */
  runs: number;
}

/**
 * @param from ms since 1970
 * @returns the changes within a year that meet a time of the schedule. A schedule of each hour or less
 * follows the real hours, and is met by none.
 */
export function clockChanges(calendar: Calendar, from: number): ClockChange[] {
  if (calendar.cron.split(/\s+/)[1] === "*") return [];
  const found: ClockChange[] = [];
  let at = toZoned(from, calendar.timeZone).getTimeZoneTransition("next");
  while (at && at.epochMilliseconds < from + yearMs) {
    const change = changeAt(calendar, at);
    if (change) found.push(change);
    at = at.getTimeZoneTransition("next");
  }
  return found;
}

function changeAt(calendar: Calendar, at: Temporal.ZonedDateTime): ClockChange | undefined {
  const instant = at.epochMilliseconds;
  const { timeZone } = calendar;
  const before = at.subtract({ milliseconds: 1 });
  const gapMs = (at.offsetNanoseconds - before.offsetNanoseconds) / 1_000_000;
  // As if the clocks were those of UTC, on which no time is skipped or repeated.
  const wallBefore = instant + before.offsetNanoseconds / 1_000_000;
  const wallAfter = instant + at.offsetNanoseconds / 1_000_000;
  const [first, last] = [Math.min(wallBefore, wallAfter), Math.max(wallBefore, wallAfter)];
  const wall = nextTime({ ...calendar, timeZone: "UTC" }, first - 1);
  if (gapMs === 0 || wall === null || wall >= last) return undefined;
  const day = at.toPlainDate().toString();
  const time = new Date(wall).toISOString().slice(11, 16);
  if (gapMs > 0) {
    const [next] = nextTimes(calendar, instant - 1, 1);
    const runsAt = next !== undefined && next < instant + gapMs ? clock(next, timeZone) : null;
    return { at: instant, date: day, type: "skipped", time, runsAt, runs: runsAt ? 1 : 0 };
  }
  const runs = nextTimes(calendar, instant + gapMs - 1, maxRuns).filter(
    (each) => each < instant - gapMs && clock(each, timeZone) === time,
  );
  return { at: instant, date: day, type: "repeated", time, runsAt: time, runs: runs.length };
}

function clock(at: number, timeZone: string): string {
  return toZoned(at, timeZone).toPlainTime().toString({ smallestUnit: "minute" });
}

function toZoned(at: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}

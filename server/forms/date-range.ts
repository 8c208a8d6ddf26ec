/** Ranges of days in a person's time zone. Pure. */
import { Temporal } from "temporal-polyfill";
import type { TimeRange } from "../engine/list/list-ranges.ts";

/** Number of whole days up to now, including today. */
export const recentDays: ReadonlyMap<string, number> = new Map([
  ["today", 1],
  ["7d", 7],
  ["30d", 30],
]);

/** @returns undefined for an unknown time zone */
export function parseTimeZone(name: string | undefined): string | undefined {
  if (!name || !/^[\w+/-]{1,60}$/.test(name)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    return undefined;
  }
}

/** @returns the day, such as "2026-11-23", or an empty text for an invalid day */
export function parseDay(text: string | undefined): string {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text)) return "";
  try {
    return Temporal.PlainDate.from(text).toString();
  } catch {
    return "";
  }
}

/** @param now ms since 1970 */
export function lastDays(days: number, zone: string, now: number): TimeRange {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  return { from: startOfDay(today.subtract({ days: days - 1 }), zone) };
}

/** @param from the first day; it and `to`, the last day, may be empty */
export function daysBetween(from: string, to: string, zone: string): TimeRange {
  return {
    from: from ? startOfDay(Temporal.PlainDate.from(from), zone) : undefined,
    to: to ? startOfDay(Temporal.PlainDate.from(to).add({ days: 1 }), zone) : undefined,
  };
}

/** Not always midnight: where clocks go forward at midnight, the day begins at one. */
function startOfDay(day: Temporal.PlainDate, zone: string): number {
  return day.toZonedDateTime(zone).epochMilliseconds;
}

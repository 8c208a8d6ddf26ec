/** Times as clocks of one zone show them, for texts that do not follow the zone of the browser. Pure. */
import { Temporal } from "temporal-polyfill";

const weekdays = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
const months =
  "January February March April May June July August September October November December".split(
    " ",
  );

/**
 * @param at ms since 1970
 * @returns "Mon, Nov 30, 07:00"; with the year where it is not the year of `now`
 */
export function formatZonedTime(at: number, timeZone: string, now: number): string {
  const time = zoned(at, timeZone);
  const year = time.year === zoned(now, timeZone).year ? "" : ` ${time.year}`;
  const day = `${weekdays[time.dayOfWeek - 1]!.slice(0, 3)}, ${months[time.month - 1]!.slice(0, 3)} ${time.day}`;
  return `${day}${year}, ${time.toPlainTime().toString({ smallestUnit: "minute" })}`;
}

/** @param date "2027-03-28". @returns "Sunday 28 March" */
export function formatLongDay(date: string): string {
  const day = Temporal.PlainDate.from(date);
  return `${weekdays[day.dayOfWeek - 1]} ${day.day} ${months[day.month - 1]}`;
}

function zoned(at: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}

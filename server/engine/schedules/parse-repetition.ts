/** Makes a cron expression of what a person typed: words, or an expression. Pure. */
import { InvalidRepetition } from "./invalid-repetition.ts";
import { parseTimes } from "./parse-times.ts";

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const months =
  "january february march april may june july august september october november december".split(
    " ",
  );
const examples =
  "Write it like “every weekday at 07:00”, “every month on the 1st at 9” or “0 7 * * 1-5”";

/**
 * @param typed "every weekday at 07:00", "every month on the 1st at 9", "0 7 * * 1-5"
 * @returns five fields of cron
 * @throws InvalidRepetition
 */
export function parseRepetition(typed: string): string {
  const text = typed.trim().toLowerCase().replaceAll(/\s+/g, " ").replace(/\.$/, "");
  if (text === "") throw new InvalidRepetition(examples);
  if (/^[\d*][\d*/,-]* /.test(text)) return typed.trim().replaceAll(/\s+/g, " ");
  const words = text.replace(/^@(hourly|daily|weekly|monthly|yearly)$/, "$1");
  const found = interval(words) ?? atTimes(words);
  if (!found) throw new InvalidRepetition(examples);
  return found;
}

/** "every minute", "every 15 minutes", "hourly", "every 2 hours" */
function interval(text: string): string | undefined {
  const named = /^(?:every )?(minute|hour|hourly)$/.exec(text)?.[1];
  if (named) return named === "minute" ? "* * * * *" : "0 * * * *";
  const [, count, unit] = /^every (\d{1,4}) (minute|hour)s?$/.exec(text) ?? [];
  if (!count) return undefined;
  const whole = unit === "minute" ? 60 : 24;
  if (Number(count) < 1 || whole % Number(count) !== 0) {
    throw new InvalidRepetition(
      unit === "minute"
        ? "An interval in minutes must divide an hour: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60"
        : "An interval in hours must divide a day: 1, 2, 3, 4, 6, 8, 12 or 24",
    );
  }
  if (unit === "minute") return Number(count) === 60 ? "0 * * * *" : `*/${count} * * * *`;
  return Number(count) === 24 ? "0 0 * * *" : `0 */${count} * * *`;
}

/** "every weekday at 07:00", "daily at 7 and 19:00", "every month on the 1st at 9" */
function atTimes(text: string): string | undefined {
  const [, days = "", times] = /^(.*?)(?: at (.+))?$/.exec(text) ?? [];
  const day = daysOf(days);
  return day && `${parseTimes(times)} ${day}`;
}

/** @returns the fields of the day, the month and the weekday; undefined if it is none of ours */
function daysOf(text: string): string | undefined {
  const days = text.replace(/^(?:every|each|on) /, "").replace(/^on /, "");
  if (/^(?:day|daily)$/.test(days)) return "* * *";
  if (/^weekdays?$/.test(days)) return "* * 1-5";
  if (/^(?:weekends?|weekend days?)$/.test(days)) return "* * 0,6";
  return weekdaysOf(days) ?? datesOf(days);
}

/** "monday", "mondays and thursdays", "week on mon, tue" */
function weekdaysOf(text: string): string | undefined {
  const days = listOf(text.replace(/^(?:weekly|week)(?: on)? ?/, "") || "monday").map((name) =>
    indexOf(weekdays, name.replace(/s$/, "")),
  );
  if (days.length === 0 || days.some((day) => day < 0)) return undefined;
  return `* * ${[...new Set(days)].sort((one, other) => one - other).join(",")}`;
}

/** "month", "month on the 1st", "month on the last day", "1st and 15th", "year on 24 december" */
function datesOf(text: string): string | undefined {
  const [, unit, rest = ""] = /^(monthly|month|yearly|year)(?: on)?(?: (.*))?$/.exec(text) ?? [];
  const dates = (unit ? rest : text).replace(/ of (?:each|every|the) month$/, "");
  if (unit?.startsWith("year")) return dates === "" ? "1 1 *" : dateOf(dates);
  if (unit && dates === "") return "1 * *";
  return dateOf(dates) ?? daysOfMonth(dates, unit !== undefined);
}

/** "24 december", "december 24th", "the 24th of december" */
function dateOf(text: string): string | undefined {
  const plain = text.replace(/^the /, "");
  const [, first, second] = /^(\S+)(?: of)? (\S+)$/.exec(plain) ?? [];
  if (!first || !second) return undefined;
  const [day, name] = /^\d/.test(first) ? [first, second] : [second, first];
  const month = indexOf(months, name);
  const number = ordinal(day);
  if (month < 0 || number === undefined) return undefined;
  return `${number} ${month + 1} *`;
}

/** @param plain whether "1" counts as "1st" */
function daysOfMonth(text: string, plain: boolean): string | undefined {
  if (/^(?:the )?last(?: day)?$/.test(text)) return "L * *";
  const parts = listOf(text.replace(/^days? /, ""));
  if (!plain && !parts.every((part) => /(?:st|nd|rd|th)$/.test(part))) return undefined;
  const days = parts.map((part) => ordinal(part.replace(/^the /, "")));
  if (days.length === 0 || days.some((day) => day === undefined)) return undefined;
  return `${[...new Set(days as number[])].sort((one, other) => one - other).join(",")} * *`;
}

function ordinal(text: string): number | undefined {
  const found = /^(\d{1,2})(?:st|nd|rd|th|\.)?$/.exec(text)?.[1];
  const day = Number(found);
  return found && day >= 1 && day <= 31 ? day : undefined;
}

/** @returns the index of the name that `text` is or abbreviates with three letters or more, or -1 */
function indexOf(names: readonly string[], text: string): number {
  return text.length < 3 ? -1 : names.findIndex((name) => name.startsWith(text));
}

function listOf(text: string): string[] {
  return text.split(/, and |, | and |,/).filter((part) => part !== "");
}

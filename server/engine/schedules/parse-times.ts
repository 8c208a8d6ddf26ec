/** Reads times of the day. Pure. */
import { InvalidRepetition } from "./invalid-repetition.ts";

/**
 * @param text "07:00", "7", "7:30 pm", "9, 12 and 18", "noon"; undefined stands for midnight
 * @returns the fields of the minute and the hour
 * @throws InvalidRepetition also for times with different minutes, which one expression cannot have
 */
export function parseTimes(text: string | undefined): string {
  if (text === undefined) return "0 0";
  const times = text.split(/, and |, | and |,/).map((part) => parseTime(part));
  const minutes = new Set(times.map(({ minute }) => minute));
  if (minutes.size > 1) {
    throw new InvalidRepetition(
      "Times of one schedule must have the same minutes, such as “at 7:30 and 19:30”",
    );
  }
  const hours = [...new Set(times.map(({ hour }) => hour))].sort((one, other) => one - other);
  return `${times[0]!.minute} ${hours.join(",")}`;
}

function parseTime(text: string): { hour: number; minute: number } {
  if (text === "noon") return { hour: 12, minute: 0 };
  if (text === "midnight") return { hour: 0, minute: 0 };
  const found = /^(\d{1,2})(?:[:.](\d\d))? ?(?:(am|pm|a\.m\.|p\.m)\.?|h|o'clock|o’clock)?$/.exec(
    text,
  );
  const [, given, minutes = "0", half] = found ?? [];
  const hour = half ? toFullDay(Number(given), half.startsWith("p")) : Number(given);
  const minute = Number(minutes);
  if (!found || !(hour >= 0 && hour <= 23) || minute > 59) {
    throw new InvalidRepetition(`“${text}” is no time of the day. Write it like 07:00 or 7 pm`);
  }
  return { hour, minute };
}

function toFullDay(hour: number, isAfternoon: boolean): number {
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (isAfternoon ? 12 : 0);
}

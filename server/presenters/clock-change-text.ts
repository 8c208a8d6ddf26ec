import type { ClockChange } from "../engine/schedules/clock-changes.ts";
import { formatLongDay } from "../text/zoned-times.ts";

/** @returns "On Sunday 28 March 02:30 does not exist; it runs at 03:00." */
export function clockChangeText({ type, date, time, runsAt, runs }: ClockChange): string {
  const day = formatLongDay(date);
  if (type === "skipped") {
    const instead = runsAt === null ? "this run is left out" : `it runs at ${runsAt}`;
    return `On ${day} ${time} does not exist; ${instead}.`;
  }
  const times = runs > 1 ? "it runs both times" : "it runs once, the first time";
  return `On ${day} ${time} comes twice; ${times}.`;
}

/** The fields that ask when a job starts. */
import { type ScheduleInput, startChoices, timeZoneOf } from "../forms/schedule.ts";
import type { Option } from "./form.ts";

export interface ScheduleView {
  /** True where the start is not "Now", or is invalid. */
  open: boolean;
  choices: Option[];
  /** As it was typed: "2026-11-24T02:00", or empty. */
  at: string;
  /** The time zone that the browser reported, put in by a script, or empty. */
  zone: string;
  /** The time zone that times are read in: "America/New York" */
  zoneText: string;
  /** True where the person set a time zone, which goes before the browser's. */
  fixed: boolean;
  error: string;
}

/**
 * @param preferredZone the time zone from the person's settings
 * @param error what is wrong with the start, or empty
 */
export function scheduleView(
  input: ScheduleInput,
  preferredZone: string | null,
  error = "",
): ScheduleView {
  const chosen = startChoices.some(({ value }) => value === input.when) ? input.when : "now";
  return {
    open: chosen !== "now" || error !== "",
    choices: startChoices.map((choice) => ({ ...choice, selected: choice.value === chosen })),
    at: input.when_at,
    zone: input.when_zone,
    zoneText: timeZoneOf(input, preferredZone).replaceAll("_", " "),
    fixed: preferredZone !== null,
    error,
  };
}
